"""Errors: the user's own line, nothing lost, the session alive."""

import os
import time

import pytest
from kernel_client import kernel


def test_a_thrown_error_shows_the_line_and_a_caret(shared):
    error = shared.run("const a = 1;\nfunction f() {\n  throw new RangeError('too far');\n}\nf()").error
    assert (error["ename"], error["evalue"]) == ("RangeError", "too far")
    lines = error["text"].split("\n")
    assert lines[0] == "RangeError: too far"
    marked = next(i for i, line in enumerate(lines) if line.startswith("> 3"))
    assert lines[marked] == "> 3 │   throw new RangeError('too far');"
    assert lines[marked + 1].index("^") == lines[marked].index("new RangeError")
    assert "at f (cell[" in error["text"]


def test_the_reply_carries_the_error_too(shared):
    ran = shared.run("throw new Error('twice')")
    assert ran.content["ename"] == "Error"
    assert ran.content["evalue"] == "twice"
    assert ran.content["traceback"] == ran.of("error")[0]["traceback"]


def test_columns_are_those_of_the_text_before_types_were_stripped_and_code_rewritten(shared):
    code = "const n: number = 1; await Promise.resolve(1 as number); (null as any).x"
    error = shared.run(code).error
    assert f":1:{code.rindex('x') + 1}" in error["text"].split("\n")[1]


def test_positions_survive_compiled_typescript(shared):
    error = shared.run("enum E {\n  A,\n  B,\n}\n\nfunction g(v: E) {\n  throw new Error(`bad ${v}`);\n}\ng(E.B)").error
    assert "> 7 │   throw new Error(`bad ${v}`);" in error["text"]


def test_an_error_in_an_earlier_cells_function_shows_that_cell(shared):
    defined = shared.run("function older() {\n  return (undefined as any).x;\n}").content["execution_count"]
    called = shared.run("// a comment\nolder()")
    text = called.error["text"]
    assert f"cell[{defined}]:2:" in text
    assert "> 2 │   return (undefined as any).x;" in text
    assert f"at cell[{called.content['execution_count']}]:2:1" in text


def test_frames_of_the_kernel_itself_are_not_shown(shared):
    text = shared.run("await Promise.reject(new Error('x'))").error["text"]
    assert "node:inspector" not in text
    assert "jupyter" not in text


def test_an_error_in_a_local_module_shows_its_line(shared, notebook_folder):
    file = notebook_folder / "broken.ts"
    file.write_text("interface Unused { a: number }\nexport function fail(): never {\n  throw new Error('inside');\n}\n")
    text = shared.run("import { fail } from './broken.ts'; fail()").error["text"]
    assert "> 3 │   throw new Error('inside');" in text
    assert f"{file}:3:9" in text


def test_a_syntax_error_shows_line_and_caret(shared):
    error = shared.run("const fine = 1;\nlet y = ;").error
    assert error["ename"] == "SyntaxError"
    lines = error["text"].split("\n")
    marked = next(i for i, line in enumerate(lines) if line.startswith("> 2"))
    assert lines[marked] == "> 2 │ let y = ;"
    assert lines[marked + 1].index("^") == lines[marked].index(";")
    assert shared.run("fine").error["ename"] == "ReferenceError", "nothing of the cell has run"


def test_syntax_errors_that_only_the_engine_finds_show_their_line_too(shared):
    for code, line in {
        "1;\nconst twice = 1; const twice = 2": 2,
        "1;\nreturn 5": 2,
        "1;\nfor (const x of [1]) { break nowhere }": 2,
        "1;\nnull = 5": 2,
    }.items():
        error = shared.run(code).error
        assert error["ename"] == "SyntaxError", code
        assert f"> {line} │" in error["text"], code


def test_a_syntax_error_in_a_local_module_names_file_and_line(shared, notebook_folder):
    (notebook_folder / "bad.ts").write_text("export const a = 1;\nexport const b: number = ;\n")
    error = shared.run("import { b } from './bad.ts'").error
    assert error["ename"] == "SyntaxError"
    assert "bad.ts:2:" in error["evalue"]


def test_causes_and_aggregates_are_shown(shared):
    text = shared.run("throw new Error('outer', { cause: new Error('inner') })").error["text"]
    assert "Caused by:\nError: inner" in text
    text = shared.run("await Promise.any([Promise.reject(new Error('first')), Promise.reject(new Error('second'))])").error["text"]
    assert "Error: first" in text and "Error: second" in text


def test_thrown_values_that_are_no_errors(shared):
    for code, ename, evalue in [
        ("throw 'text'", "string", "'text'"),
        ("throw 5", "number", "5"),
        ("throw 5n", "bigint", "5n"),
        ("throw null", "null", "null"),
        ("throw undefined", "undefined", "undefined"),
        ("throw { code: 7 }", "object", "{ code: 7 }"),
        ("throw Symbol('s')", "symbol", "Symbol(s)"),
        ("await Promise.reject(NaN)", "number", "NaN"),
    ]:
        error = shared.run(code).error
        assert (error["ename"], error["evalue"]) == (ename, evalue), code


def test_errors_with_hostile_fields_are_survived(shared):
    code = "class Odd extends Error { get message(): string { throw 1 } get name(): string { throw 2 } }\nthrow new Odd()"
    assert shared.run(code).status == "error"
    assert shared.run("throw new Proxy({}, { get() { throw 1 } })").status == "error"
    assert shared.run("const e = new Error('x'); e.stack = 5 as any; throw e").error["evalue"] == "x"
    assert shared.value("1 + 1") == "2"


def test_runaway_recursion_is_an_error(shared):
    error = shared.run("function deep(): number { return 1 + deep() }\ndeep()").error
    assert error["ename"] == "RangeError"
    assert len(error["text"].split("\n")) < 60


def test_a_promise_rejected_and_left_is_shown_below_its_cell(shared):
    ran = shared.run("Promise.reject(new Error('left alone')); 'value'")
    assert ran.status == "ok"
    assert ran.result == "'value'"
    assert ran.error["evalue"] == "left alone"
    assert "> 1 │" in ran.error["text"]
    assert shared.value("1 + 1") == "2"


def test_a_late_rejection_belongs_to_its_cell(shared):
    ran = shared.run("void (async () => { await new Promise((r) => setTimeout(r, 60)); throw new Error('later') })(); 1")
    shared.run("2")
    assert shared.late(ran.msg_id, "error")["content"]["evalue"] == "later"
    assert shared.value("3") == "3"


def test_a_late_throw_is_shown_and_survived(shared):
    ran = shared.run("setTimeout(() => { throw new TypeError('from a timer') }, 30); let still = 'here'")
    error = shared.late(ran.msg_id, "error")["content"]
    assert (error["ename"], error["evalue"]) == ("TypeError", "from a timer")
    assert shared.value("still") == "'here'"


def test_an_error_event_without_listener_is_survived(shared):
    ran = shared.run("import { EventEmitter } from 'node:events'; setImmediate(() => new EventEmitter().emit('error', new Error('event'))); 1")
    found = [c["evalue"] for c in ran.of("error")] or [shared.late(ran.msg_id, "error")["content"]["evalue"]]
    assert found == ["event"]


def test_process_exit_stops_the_cell_and_keeps_the_variables(shared):
    error = shared.run("let before = 1; process.exit(3); before = 2").error
    assert error["ename"] == "ExitRefused"
    assert "process.exit(3) would end the session" in error["evalue"]
    assert "restart the kernel" in error["evalue"]
    assert shared.value("before") == "1"
    late = shared.run("setTimeout(() => process.exit(), 10); 1")
    assert shared.late(late.msg_id, "error")["content"]["ename"] == "ExitRefused"
    assert shared.run("process.abort()").error["ename"] == "ExitRefused"
    assert shared.value("before") == "1"


def test_user_code_that_breaks_globals_does_not_break_the_session(shared):
    shared.run("globalThis.setTimeout = undefined as any; JSON.stringify = () => 'no'; Promise.prototype.finally = 1 as any")
    ran = shared.run("console.log('x'); display({ a: 1 }); 5")
    assert ran.status == "ok"
    assert ran.result == "5"


def test_a_crash_is_told_and_a_fresh_session_begins(fresh):
    fresh.run("let lost = 1")
    ran = fresh.run("process.kill(process.pid, 'SIGSEGV'); while (true);")
    assert ran.status == "error"
    assert ran.error["ename"] == "SessionEnded"
    assert "All variables are gone" in ran.error["evalue"]
    assert ran.text("stderr") == ""
    assert fresh.value("typeof lost") == "'undefined'"
    assert fresh.ask("kernel_info_request").status == "ok"


def test_cells_behind_a_crash_are_aborted(fresh):
    first = fresh.execute("await 0; process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})")
    second = fresh.execute("'must not run'")
    assert fresh.finish(first).error["ename"] == "SessionEnded"
    assert fresh.finish(second).status == "aborted"
    assert fresh.value("1 + 1") == "2"


def test_a_crash_between_cells_is_told(fresh):
    ran = fresh.run("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50); 1")
    assert fresh.late(ran.msg_id, "error")["content"]["ename"] == "SessionEnded"
    assert fresh.value("2") == "2"


def test_running_out_of_memory_is_told_and_survived(tmp_path):
    environment = {**os.environ, "NODE_OPTIONS": "--max-old-space-size=96"}
    with kernel(cwd=tmp_path, env=environment) as session:
        ran = session.run("const all: number[][] = []; while (true) all.push(new Array(1e5).fill(1.5));", timeout=60)
        assert ran.error["ename"] == "SessionEnded"
        assert "out of memory" in ran.error["evalue"]
        assert ran.text("stderr") == ""
        assert session.value("1 + 1") == "2"


def test_frames_inside_the_library_are_one_line(fresh, tmp_path):
    code = "import { normal } from 'estimand';\nfunction mine() { return normal(0, -1) }\nmine()"
    text = fresh.run(code).error["text"]
    assert "> 2 │ function mine() { return normal(0, -1) }" in text
    frames = [line for line in text.split("\n") if line.startswith("    at ")]
    assert frames[0].startswith("    at mine (cell[")
    assert not any("estimand/" in frame for frame in frames)
    assert text.count("inside estimand") == 1
    assert "ESTIMAND_TRACE=full shows all" in text.split("\n")[-1]
    with kernel(cwd=tmp_path, env={**os.environ, "ESTIMAND_TRACE": "full"}) as session:
        whole = session.run(code).error["text"]
    assert "at mine (cell[" in whole
    assert "(estimand/distributions/" in whole
    assert "inside estimand" not in whole


def test_a_runaway_recursion_of_promises_is_an_error_and_says_nothing_on_stderr(fresh):
    for code in (
        "async function endless(): Promise<void> { await endless() }\nawait endless()",
        "const count = async (n: number): Promise<number> => 1 + await count(n + 1);\nawait count(0)",
    ):
        ran = fresh.run(code)
        assert ran.error["ename"] == "RangeError"
        assert ran.text("stderr") == ""


def test_removing_all_listeners_of_the_process_ends_no_session(fresh):
    ran = fresh.run(
        "let standing = 1; process.removeAllListeners(); process.removeAllListeners('uncaughtException');\n"
        "setTimeout(() => { throw new Error('late') }, 5); await new Promise((r) => setTimeout(r, 50)); Promise.reject(new Error('left')); 1"
    )
    assert [c["evalue"] for c in ran.of("error")] == ["late", "left"]
    assert fresh.value("standing") == "1"


ENDLESS = {
    "microtasks": "const again = () => queueMicrotask(again); again()",
    "promises": "const again = (): Promise<void> => Promise.resolve().then(again); await again()",
    "awaits": "while (true) await 0",
    "immediates": "const again = () => setImmediate(again); again(); await new Promise(() => {})",
    "timers": "const again = () => setTimeout(again); again(); await new Promise(() => {})",
}


@pytest.mark.parametrize("what", ENDLESS)
def test_endless_recursion_through_the_event_loop_is_stopped(fresh, what):
    msg_id = fresh.execute("let here = 'kept'; console.log('started'); " + ENDLESS[what])
    fresh.started(msg_id)
    fresh.interrupt()
    fresh.finish(msg_id)
    assert fresh.value("here") == "'kept'"
    assert fresh.run("await new Promise((r) => setTimeout(r, 20)); 'quiet'").result == "'quiet'"


def test_endless_ticks_are_stopped_or_their_end_is_told(fresh):
    # Node itself ends where its own queue of ticks is stopped.
    msg_id = fresh.execute("console.log('started'); const again = () => process.nextTick(again); again()")
    fresh.started(msg_id)
    fresh.interrupt()
    ran = fresh.finish(msg_id)
    assert ran.text("stderr") == ""
    assert ran.status == "ok" or ran.error["ename"] in ("Interrupted", "SessionEnded")
    assert fresh.value("'alive'") == "'alive'"


@pytest.mark.engines("repl")
def test_a_fresh_session_answers_within_a_second_of_a_crash(fresh):
    fresh.run("1")
    began = time.monotonic()
    assert fresh.run("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})").error["ename"] == "SessionEnded"
    assert fresh.value("'alive'") == "'alive'"
    assert time.monotonic() - began < 3, "a second, on a machine that has nothing else to do"
