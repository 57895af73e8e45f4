"""Notebooks written for tslab run unchanged, without tslab."""

import pytest

IMPORT = "import * as tslab from 'tslab';\n"


@pytest.mark.parametrize(
    ("call", "media", "data"),
    [
        ("html('<b>x</b>')", "text/html", "<b>x</b>"),
        ("markdown('*x*')", "text/markdown", "*x*"),
        ("latex('$x$')", "text/latex", "$x$"),
        ("svg('<svg/>')", "image/svg+xml", "<svg/>"),
        ("png(new Uint8Array([137, 80, 78, 71]))", "image/png", "iVBORw=="),
        ("png(Buffer.from('iVBORw==', 'base64'))", "image/png", "iVBORw=="),
        ("jpeg(new Uint8Array([255, 216]))", "image/jpeg", "/9g="),
        ("gif(new Uint8Array([71, 73, 70]))", "image/gif", "R0lG"),
        ("pdf(new Uint8Array([37, 80, 68, 70]))", "application/pdf", "JVBERg=="),
        ("javascript('1')", "text/javascript", "1"),
        ("text('plain')", "text/plain", "plain"),
        ("raw('application/x-own', 'y')", "application/x-own", "y"),
    ],
)
def test_tslab_display_shows(shared, call, media, data):
    ran = shared.run(f"{IMPORT}tslab.display.{call};")
    assert ran.status == "ok", ran.error["text"]
    (shown,) = ran.of("display_data")
    assert shown["data"][media] == data
    assert shown["data"]["text/plain"]
    assert ran.result is None


def test_tslab_new_display_replaces_what_it_showed(shared):
    ran = shared.run(f"{IMPORT}const place = tslab.newDisplay(); place.text('1'); place.html('<i>2</i>');")
    (first,) = ran.of("display_data")
    (second,) = ran.of("update_display_data")
    assert first["transient"] == second["transient"]
    assert second["data"]["text/html"] == "<i>2</i>"


def test_tslab_is_imported_in_every_way(shared):
    assert shared.value("import { display as d, versions } from 'tslab'; d.text('x'); versions.tslab") == "'1.0.22'"
    assert shared.value("const t = await import('tslab'); typeof t.display.html") == "'function'"
    assert shared.value("const { newDisplay } = require('tslab'); typeof newDisplay") == "'function'"
    assert shared.value("require('tslab').versions.node === process.version") == "true"


def test_tslab_completes(shared):
    code = f"{IMPORT}tslab.display."
    matches = shared.ask("complete_request", {"code": code, "cursor_pos": len(code)}, timeout=40).content["matches"]
    assert {"html", "png", "raw"} <= set(matches)
