"""Completion, inspection and is-complete: by types alone, across cells, in code points."""

import pytest


def complete(session, code, cursor=None):
    cursor = len(code) if cursor is None else cursor
    return session.ask("complete_request", {"code": code, "cursor_pos": cursor}, timeout=30).content


def inspect(session, code, cursor=None):
    cursor = len(code) if cursor is None else cursor
    content = {"code": code, "cursor_pos": cursor, "detail_level": 0}
    return session.ask("inspect_request", content, timeout=30).content


def test_members_are_completed_with_kind_and_signature(shared):
    reply = complete(shared, "Math.hyp")
    assert reply["matches"] == ["hypot"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (5, 8)
    (match,) = reply["metadata"]["_jupyter_types_experimental"]
    assert match["type"] == "method"
    assert match["signature"] == "(method) Math.hypot(...values: number[]): number"
    assert (match["start"], match["end"]) == (5, 8)


def test_names_of_earlier_cells_are_known_with_their_last_type(shared):
    shared.run("const subject = [1, 2]; interface Thing { depth: number }")
    shared.run("const subject = 'text'; let thing: Thing = { depth: 1 }")
    assert complete(shared, "subject.toUpp")["matches"] == ["toUpperCase"]
    assert complete(shared, "thing.d")["matches"] == ["depth"]
    reply = complete(shared, "subj")
    assert reply["matches"] == ["subject"]
    assert reply["metadata"]["_jupyter_types_experimental"][0]["type"] == "const"


def test_the_cursor_is_counted_in_code_points(shared):
    reply = complete(shared, "'😀😀'; Math.hyp")
    assert reply["matches"] == ["hypot"]
    assert (reply["cursor_start"], reply["cursor_end"]) == (11, 14)
    assert complete(shared, "'😀'; Math.hyp + Math.x", cursor=13)["matches"] == ["hypot"]


def test_an_unfinished_cell_is_completed(shared):
    shared.run("const record = { wingspan: 2 }")
    assert complete(shared, "function f() {\n  if (record.wing")["matches"] == ["wingspan"]
    assert complete(shared, "const xs = [1].map((x) => x.toFi")["matches"] == ["toFixed"]


def test_estimand_is_typed_in_any_folder(shared):
    shared.run("import { normal } from 'estimand'")
    assert "normal" in complete(shared, "import { norm } from 'estimand'", cursor=13)["matches"]
    assert complete(shared, "import { model } from 'estim")["matches"] == ["estimand"]
    reply = inspect(shared, "normal(0, 1)", cursor=3)
    assert reply["found"]
    assert "normal" in reply["data"]["text/plain"]


def test_local_modules_are_typed(shared, notebook_folder):
    (notebook_folder / "local.ts").write_text("/** How tall. */\nexport const altitude: number = 3;\n")
    assert complete(shared, "import { alt } from './local.ts'", cursor=12)["matches"] == ["altitude"]
    shared.run("import { altitude } from './local.ts'")
    assert "How tall." in inspect(shared, "altitude")["data"]["text/plain"]


def test_completion_runs_no_user_code(shared):
    shared.run("let touched = 0; const trap = { get boom() { touched++; return { inner: 1 } } }")
    assert complete(shared, "trap.boom.inn")["matches"] == ["inner"]
    inspect(shared, "trap.boom")
    assert shared.value("touched") == "0"


def test_nothing_to_complete_is_an_empty_answer(shared):
    reply = complete(shared, "noSuchThing.x")
    assert reply["status"] == "ok"
    assert reply["matches"] == []
    assert complete(shared, "Math.hyp", cursor=9999)["status"] == "ok"


def test_inspection_gives_type_and_docstring_as_markdown(shared):
    shared.run("/**\n * Twice a number.\n * @param x the number\n */\nfunction twice(x: number): number { return 2 * x }")
    for code, cursor in [("twice", 3), ("twice", 5), ("twice(", 6), ("twice(4", 7), ("1 + twice(4)", 6)]:
        reply = inspect(shared, code, cursor)
        assert reply["found"], (code, cursor)
        assert "function twice(x: number): number" in reply["data"]["text/plain"]
        assert "Twice a number." in reply["data"]["text/markdown"]
        assert reply["data"]["text/markdown"].startswith("```typescript\n")
        assert "*@param* `x` the number" in reply["data"]["text/markdown"]


def test_inspection_of_the_unknown_is_not_found(shared):
    reply = inspect(shared, "nobodyKnowsThis")
    assert reply == {"status": "ok", "found": False, "data": {}, "metadata": {}}
    assert inspect(shared, "   ", 1)["found"] is False


def test_helpers_of_the_session_are_documented(shared):
    assert "display" in complete(shared, "disp")["matches"]
    assert "as if it were the cell's result" in inspect(shared, "display")["data"]["text/plain"]
    assert not [m for m in complete(shared, "__est")["matches"] if m.startswith("__estimand")]


@pytest.mark.parametrize(
    ("code", "status", "indent"),
    [
        ("1 + 1", "complete", None),
        ("", "complete", None),
        ("await fetch('x')", "complete", None),
        ("for await (const x of y) {}", "complete", None),
        ("function f() {", "incomplete", "  "),
        ("if (a) {\n  b(", "incomplete", "    "),
        ("const f = (x: number) =>", "incomplete", "  "),
        ("1 +", "incomplete", ""),
        ("`open", "incomplete", ""),
        ("/* open", "incomplete", ""),
        ("let x = ;", "invalid", None),
        ("}", "invalid", None),
        ("'open", "invalid", None),
    ],
)
def test_is_complete(shared, code, status, indent):
    content = shared.ask("is_complete_request", {"code": code}, timeout=30).content
    assert content["status"] == status
    assert content.get("indent") == indent


def test_a_fresh_session_forgets_the_names(fresh):
    fresh.run("const forgotten = 1")
    assert complete(fresh, "forgo")["matches"] == ["forgotten"]
    fresh.run("process.kill(process.pid, 'SIGKILL'); while (true);")
    assert complete(fresh, "forgo")["matches"] == []
