"""Type errors: shown, never on stderr, and in nobody's way unless asked to be."""

import time

import pytest
from kernel_client import kernel

ENGINES = ("repl",)  # under tslab a cell with type errors never runs
WRONG = "const n: number = 'text';"


@pytest.fixture(scope="module")
def checked(notebook_folder):
    """A kernel whose type checker has come to answer at once."""
    with kernel(cwd=notebook_folder) as session:
        warm(session)
        yield session


def warm(session):
    end = time.monotonic() + 40
    while time.monotonic() < end:
        if session.run("const warming: number = 'x'; 0").of("display_data"):
            return
        time.sleep(0.5)
    raise AssertionError("the type checker never answered in time")


@pytest.fixture
def restored(checked):
    yield checked
    checked.run("%types on")


def report(ran):
    """The type report of a cell, or None."""
    shown = [c["data"] for c in ran.of("display_data") if "type error" in c["data"]["text/plain"]]
    assert len(shown) <= 1
    return shown[0] if shown else None


def objections(session, code):
    """What the checker says of a cell: asked strictly, for then a busy machine cannot make it come too late."""
    ran = session.run("%types strict\n" + code, timeout=40)
    session.run("%types on")
    assert ran.text("stderr") == ""
    if ran.status == "ok":
        assert report(ran) is None
        return ""
    error = ran.error
    assert error["ename"] == "TypeCheckError", error["text"]
    return error["text"].split("\n", 1)[1]


def in_time(session, code):
    """A run of the cell whose report came in time: on a busy machine it may come after what the cell shows."""
    for _ in range(20):
        # Sent while another runs, as by a person: what a program sends cell by cell does not wait for its report.
        before = session.execute("await new Promise((resolve) => setTimeout(resolve, 20))")
        ran = session.finish(session.execute(code))
        session.finish(before)
        if not report(ran):
            session.late(ran.msg_id, "display_data")
        elif ran.outputs[0]["msg_type"] == "display_data":
            return ran
    raise AssertionError("no report came within the time a cell waits for it")


def test_a_type_error_is_shown_before_the_output_and_the_cell_runs(checked):
    ran = in_time(checked, "console.log('first');\nconst n: number = 'text';\nn")
    assert ran.status == "ok"
    assert [t for t in ran.types if t not in ("status", "execute_input")] == ["display_data", "stream", "execute_result"]
    assert ran.result == "'text'"
    assert ran.text("stderr") == ""
    plain = report(ran)["text/plain"].split("\n")
    count = ran.content["execution_count"]
    assert plain[0] == "1 type error; the cell runs all the same (%types off hides them)"
    assert plain[1] == f"cell[{count}]:2:7 Type 'string' is not assignable to type 'number'. (TS2322)"
    assert plain[2] == "2 │ const n: number = 'text';"
    assert plain[3].index("^") == plain[2].index("n: number")
    assert plain[3].count("^") == 1
    assert plain[2] in report(ran)["text/markdown"]


@pytest.mark.parametrize(
    "code",
    [
        "await Promise.resolve(1); for await (const x of [1]) x; 1",
        "function loose(a, b) { return a + b }\nloose(1, 2)",
        "let unused = 1; import { join } from 'node:path';",
        "let later; later = 5; const list = []; list.push(1);",
        "try { throw new Error('x') } catch (e) { e.message }",
        "using r = { [Symbol.dispose]() {} };",
        "enum Color { Red }\nnamespace Inner { export const a = 1 }\nColor.Red + Inner.a",
        "import.meta.dirname.length + require('node:os').EOL.length",
        "display(1); clearOutput(); console.log(process.pid, fetch, structuredClone(1));",
        "import { html, progress } from 'estimand'; for (const x of progress([1])) html`${x}`;",
        "import * as tslab from 'tslab'; tslab.display.html('<b>x</b>');",
        "const twice = (x: number) => 2 * x;\n[1, 2].map(twice)",
    ],
)
def test_correct_cells_are_left_alone(checked, code):
    assert objections(checked, code) == ""


def test_names_of_earlier_cells_keep_their_types_and_may_be_rebound(checked):
    checked.run("let across = 1; const fixed = 'a'; interface Point { x: number }")
    assert objections(checked, "across = 100; across++; [across] = [5]") == ""
    assert "TS2551" in objections(checked, "fixed.toUpperCas()") or "TS2339" in objections(checked, "fixed.toUpperCas")
    assert "TS2741" in objections(checked, "const p: Point = {}")
    assert objections(checked, "const across: string = 'now a text'; across.trim()") == ""


def test_operators_in_a_models_stages_are_checked(checked):
    model = (
        "import { model, normal, halfCauchy } from 'estimand';\n"
        "const schools = model().data({ effect: [28, 8], se: [15, 10] })\n"
        "  .parameters({ mu: normal(0, 5), tau: halfCauchy(0, 5) })\n"
        "  .parameters(({ mu, tau }) => ({ theta: normal(mu * 1 + 0, tau).size(2) }))\n"
        "  .observe(({ theta, SE }) => ({ effect: normal(theta, SE) }));"
    )
    assert objections(checked, model.replace("SE", "se")) == ""
    assert "'SE' does not exist" in objections(checked, model)


def test_places_count_from_the_cells_own_text(checked):
    text = objections(checked, "const emoji = '😀';\n\tconst wrong: string = 5;")
    assert ":3:8 " in text
    assert "3 │ \tconst wrong: string = 5;\n  │ \t      ^" in text


def test_many_errors_are_cut_with_a_note(checked):
    text = objections(checked, "\n".join(f"const w{i}: number = 'x';" for i in range(30)))
    assert text.endswith("… and 20 more")


def test_a_cell_that_cannot_be_parsed_has_only_its_syntax_error(checked):
    ran = checked.run("const y: number = ;")
    assert ran.error["ename"] == "SyntaxError"
    assert report(ran) is None


def test_strict_keeps_a_cell_with_type_errors_from_running(restored):
    ran = restored.run("%types strict\nconsole.log('ran');\n" + WRONG)
    assert ran.status == "error"
    assert ran.error["ename"] == "TypeCheckError"
    assert ran.text() == ""
    assert ":3:7 Type 'string' is not assignable" in ran.error["text"]
    assert restored.run("console.log('ran');").text() == "ran\n"
    assert restored.run(WRONG).status == "error", "it stays strict"
    assert restored.run("%types on\n" + WRONG).status == "ok"


def test_wait_shows_every_report_before_the_end_of_its_cell_also_to_a_program_that_sends_one_by_one(restored, fresh):
    fresh.run("%types wait")  # at once, while the checker is yet to begin
    for session in (restored, fresh):
        session.run("%types wait")
        for i in range(10):
            ran = session.run(f"const soon{i}: number = 'text{i}'; {i}", timeout=40)
            assert ran.types == ["status", "execute_input", "display_data", "execute_result", "status"]
            assert f"text{i}" in report(ran)["text/plain"]
        assert report(session.run("const right: number = 1; right")) is None


def test_off_says_nothing(restored):
    assert report(restored.run("%types off\n" + WRONG)) is None
    assert report(restored.run(WRONG)) is None
    assert "1 type error" in report(in_time(restored, "%types on\n" + WRONG))["text/plain"]


def test_the_mode_may_be_asked_and_a_wrong_one_is_refused(restored):
    (shown,) = restored.run("%types").of("display_data")
    assert shown["data"]["text/plain"] == "types: on"
    assert restored.run("%types loud").error["evalue"] == "%types takes on, off, wait or strict; got 'loud'"


def test_the_line_is_complete_and_moves_no_place(restored):
    assert restored.ask("is_complete_request", {"code": "%types strict"}).content["status"] == "complete"
    error = restored.run("%types on\nthrow new Error('here')").error
    assert ":2:7" in error["text"]


def test_strict_works_in_a_session_that_has_just_begun(fresh):
    ran = fresh.run("%types strict\n" + WRONG, timeout=40)
    assert ran.error["ename"] == "TypeCheckError"


def test_the_first_cells_do_not_wait_and_are_told_later(fresh):
    ran = fresh.run(WRONG)
    assert report(ran) is None
    late = fresh.late(ran.msg_id, "display_data", timeout=40)
    assert "1 type error" in late["content"]["data"]["text/plain"]


@pytest.mark.parametrize("at_once", [True, False], ids=["sent at once", "sent one after the other"])
def test_every_report_of_many_cells_belongs_to_its_own_cell(checked, at_once):
    codes = [f"const many{i}: number = 'text{i}'; {i}" if i % 3 == 0 else f"const many{i} = {i}; {i}" for i in range(30)]
    if at_once:
        runs = [checked.finish(msg_id) for msg_id in [checked.execute(code) for code in codes]]
    else:
        runs = [checked.run(code) for code in codes]
    for i, ran in enumerate(runs):
        assert ran.result == str(i)
        if i % 3 == 0:
            data = report(ran) or checked.late(ran.msg_id, "display_data")["content"]["data"]
            assert f"const many{i}: number = 'text{i}'" in data["text/plain"]
        else:
            assert report(ran) is None
    assert checked.value("1") == "1"
    ours = {ran.msg_id for ran in runs}
    left = [m for m in checked.iopub if m["msg_type"] == "display_data" and m["parent_header"]["msg_id"] in ours]
    assert left == [], "no report without a fault, none twice"


def test_what_a_cell_asks_prints_and_returns_keeps_its_order_while_it_is_checked(checked):
    before = checked.execute("await new Promise((resolve) => setTimeout(resolve, 20))")
    msg_id = checked.execute("console.log('first');\nconst who: number = input('who? ');\nconsole.log(who);\nwho", allow_stdin=True)
    checked.finish(before)
    asked = checked.client.get_stdin_msg(timeout=10)
    assert asked["content"]["prompt"] == "who? "
    checked.client.input("me")
    ran = checked.finish(msg_id)
    data = report(ran) or checked.late(msg_id, "display_data")["content"]["data"]
    assert "Type 'string' is not assignable to type 'number'" in data["text/plain"]
    assert ran.text() == "first\nme\n"
    assert ran.result == "'me'"


def test_cells_in_quick_succession_soon_run_without_waiting(checked):
    begin = time.monotonic()
    for i in range(150):
        assert checked.run(f"const quick{i} = {i};").status == "ok"
    assert time.monotonic() - begin < 8
