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
    assert shared.value("(await import('tslab')).versions.node === process.version") == "true"
    assert shared.value("const { newDisplay } = require('tslab'); typeof newDisplay") == "'function'"
    assert shared.value("require('tslab').versions.node === process.version") == "true"


def test_tslab_tells_its_versions(shared):
    text = shared.value(f"{IMPORT}tslab.versions")
    assert "tslab: '1.0.22'" in text and "typescript: '" in text and "node: 'v" in text


def test_tslab_display_has_plain_text_beside_html_and_markdown(shared):
    ran = shared.run(f"{IMPORT}tslab.display.html('Hello <b>Type</b>Script<br>!'); tslab.display.markdown('*x*')")
    assert [shown["data"]["text/plain"] for shown in ran.of("display_data")] == ["Hello TypeScript\n!", "*x*"]


#: What tslab's own first notebook does, cell by cell, in our words: each with what it must print, give or show.
NOTEBOOK = [
    ("console.log(`Hello, tslab!`)\nconsole.log(`Node.js: ${process.version.slice(0, 1)}`)", "Hello, tslab!\nNode.js: v\n", None),
    ("/** fib, in a naive way */\nfunction fib(n: number): number {\n    if (n > 1) {\n        return fib(n - 1) + fib(n - 2);\n    }\n    return 1;\n}", "", None),
    ("{\n    const n = 20;\n    console.log(`fib(${n}) = ${fib(n)}`)\n}", "fib(20) = 10946\n", None),
    ("interface Hello {\n    message(): string;\n}\nclass Impl implements Hello {\n    private name: string;\n    constructor(name: string) {\n        this.name = name;\n    }\n    message(): string {\n        return `Hello, ${this.name}!`;\n    }\n}\nfunction say(h: Hello) {\n    console.log(h.message());\n}\nsay(new Impl('tslab'));", "Hello, tslab!\n", None),
    ("let sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));\nconst start = Date.now();\nawait sleep(20);\n`Slept ${Date.now() - start >= 19}`", "", "'Slept true'"),
    ("import fs from \"fs\";\nimport * as tslab from \"tslab\";", "", None),
    ("tslab.display.html('<b>Type</b>Script')", "", None),
    ("tslab.display.jpeg(fs.readFileSync('picture.jpg'))", "", None),
    ("const progress = tslab.newDisplay();\nfor (let i = 1; i <= 3; i++) {\n    await sleep(5);\n    progress.text(`${i} of 3`);\n}", "", None),
    ("let x = { abc: 123 };\nlet y = { ...x, z: 3 };\nconsole.log(y, [0, 1, 2].map(v => v * v));", "{ abc: 123, z: 3 } [ 0, 1, 4 ]\n", None),
    ("let obj: { x?: { z?: number } } = {};\nconsole.log(`z == ${obj?.x?.z ?? 0}`);", "z == 0\n", None),
    ("import { join } from 'path';\nimport * as os from 'os';\nconst { EOL } = os;\njoin('a', 'b') + typeof EOL", "", "'a/bstring'"),
]  # fmt: skip


def test_a_notebook_for_tslab_runs_unchanged(fresh, tmp_path):
    (tmp_path / "picture.jpg").write_bytes(bytes([255, 216]))
    shown = []
    for code, text, result in NOTEBOOK:
        ran = fresh.run(code, timeout=30)
        assert ran.status == "ok", ran.error["text"]
        assert (ran.text(), ran.text("stderr")) == (text, "")
        assert ran.result == result, code
        shown += [next(iter(c["data"].items())) for c in ran.of("display_data", "update_display_data")]
    assert shown == [
        ("text/html", "<b>Type</b>Script"),
        ("image/jpeg", "/9g="),
        ("text/plain", "1 of 3"),
        ("text/plain", "2 of 3"),
        ("text/plain", "3 of 3"),
    ]


def test_tslab_completes(shared):
    code = f"{IMPORT}tslab.display."
    matches = shared.ask("complete_request", {"code": code, "cursor_pos": len(code)}, timeout=40).content["matches"]
    assert {"html", "png", "raw"} <= set(matches)


def test_a_signal_that_reaches_the_session_itself_stops_nothing(fresh):
    # Ctrl-C in a terminal reaches every process of the group; the wire process answers it.
    code = "process.kill(process.pid, 'SIGINT');\nfor (const end = Date.now() + 300; Date.now() < end;);\n'on'"
    assert fresh.value(code) == "'on'"
    assert fresh.value("process.kill(process.pid, 'SIGINT'); await new Promise((r) => setTimeout(r, 50)); 'still on'") == "'still on'"
    assert fresh.value("1 + 1") == "2"
