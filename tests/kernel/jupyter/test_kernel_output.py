"""Streams, displays and results: in order, coalesced, each below its own cell."""

import pytest


def test_ten_thousand_lines_arrive_in_few_messages_before_idle(shared):
    ran = shared.run("for (let i = 0; i < 10000; i++) console.log('line', i)")
    assert ran.text() == "".join(f"line {i}\n" for i in range(10000))
    assert len(ran.of("stream")) < 50


def test_stdout_and_stderr_keep_their_order(shared):
    ran = shared.run("console.log('a'); console.error('b'); console.log('c'); process.stdout.write('d')")
    assert [(c["name"], c["text"]) for c in ran.of("stream")] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c\nd"),
    ]


def test_text_stands_before_the_display_it_was_printed_before(shared):
    ran = shared.run("console.log('a'); display(1); console.log('b'); 2")
    assert ran.types[2:-1] == ["stream", "display_data", "stream", "execute_result"]


def test_output_is_sent_while_the_cell_still_runs(shared):
    msg_id = shared.execute("console.log('started'); const until = Date.now() + 60000; while (Date.now() < until);")
    shared.started(msg_id)
    shared.interrupt()
    assert shared.finish(msg_id).status == "error"


def test_output_of_a_timer_belongs_to_the_cell_that_set_it(shared):
    ran = shared.run("setTimeout(() => console.log('late'), 100); 1")
    other = shared.execute("await new Promise((r) => setTimeout(r, 300)); console.log('mine')")
    late = shared.late(ran.msg_id, "stream")
    assert late["content"]["text"] == "late\n"
    assert shared.finish(other).text() == "mine\n"


def test_output_after_an_await_belongs_to_its_cell(shared):
    ran = shared.run(
        "async function slow() { await new Promise((r) => setTimeout(r, 80)); console.log('slow'); }\nvoid slow();"
    )
    shared.run("1")
    assert shared.late(ran.msg_id, "stream")["content"]["text"] == "slow\n"


def test_a_late_display_belongs_to_its_cell(shared):
    ran = shared.run("setTimeout(() => display('late'), 50); 1")
    shared.run("2")
    assert shared.late(ran.msg_id, "display_data")["content"]["data"]["text/plain"] == "'late'"


def test_output_of_a_child_process_is_shown_below_the_cell(shared):
    ran = shared.run(
        "import { execSync, spawnSync } from 'node:child_process';\n"
        "execSync('echo from a child; echo to stderr >&2', { stdio: 'inherit' }); undefined"
    )
    assert ran.text() == "from a child\n"
    assert ran.text("stderr") == "to stderr\n"


def test_output_of_a_worker_thread_is_shown(shared):
    ran = shared.run(
        "import { Worker } from 'node:worker_threads';\n"
        "const worker = new Worker('console.log(\"from a thread\")', { eval: true });\n"
        "await new Promise((r) => worker.on('exit', r)); undefined"
    )
    late = ran.text() or shared.late(ran.msg_id, "stream")["content"]["text"]
    assert late == "from a thread\n"


def test_raw_writes_to_the_descriptors_are_shown(shared):
    assert shared.run("import { writeSync } from 'node:fs'; writeSync(1, 'raw ✓\\n'); undefined").text() == "raw ✓\n"


def test_split_utf8_is_joined(shared):
    ran = shared.run(
        "const bytes = Buffer.from('é😀'); for (const b of bytes) process.stdout.write(Buffer.from([b])); undefined"
    )
    assert ran.text() == "é😀"


def test_console_table_dir_and_groups_work(shared):
    ran = shared.run("console.table([{ a: 1, b: 2 }]); console.group('g'); console.info('x'); console.groupEnd()")
    assert "│ (index) │ a │ b │" in ran.text()
    assert "g\n  x\n" in ran.text()
    assert shared.run("console.dir({ a: 1 }); console.assert(1 === 2, 'odd')").text("stderr") == "Assertion failed: odd\n"


def test_node_warnings_are_not_on_stderr(shared):
    ran = shared.run("process.emitWarning('careful'); new Buffer(1); await 0; undefined")
    assert ran.text("stderr") == ""


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("1 + 1", "2"),
        ("1 + 1;", "2"),
        ("'text'", "'text'"),
        ("null", "null"),
        ("undefined", None),
        ("const a = 1", None),
        ("let b = 1; b = 5", None),
        ("let n = 1; n++", None),
        ("if (true) 5", None),
        ("(1, 2)", "2"),
        ("[1, 2, 3]", "[ 1, 2, 3 ]"),
        ("({ a: { b: 1 } })", "{ a: { b: 1 } }"),
        ("new Map([[1, 2]])", "Map(1) { 1 => 2 }"),
        ("10n ** 20n", "100000000000000000000n"),
        ("function named() {}\nnamed", "[Function: named]"),
        ("'use strict'", "'use strict'"),
        ("1 // a comment", "1"),
        ("2 /* and\nmore */ ;", "2"),
    ],
)
def test_the_value_of_a_cell_is_its_last_expression(shared, code, text):
    assert shared.value(code) == text


def test_a_promise_as_a_cells_value_is_awaited(shared):
    assert shared.value("new Promise((r) => setTimeout(r, 20, 'there'))") == "'there'"
    assert shared.run("Promise.reject(new Error('no'))").error["evalue"] == "no"


def test_long_arrays_and_texts_are_cut_with_a_note(shared):
    text = shared.value("new Float64Array(100000)")
    assert "more items" in text
    assert len(text) < 5000
    assert "more characters" in shared.value("'x'.repeat(100000)")


def test_values_that_resist_being_shown_are_survived(shared):
    assert "Proxy" in shared.value("new Proxy({}, { get() { throw new Error('no'); } }); 'Proxy'")
    ran = shared.run("({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no inspection'); } })")
    assert ran.status == "ok"
    assert "no inspection" in ran.result


def test_the_display_symbol_gives_the_bundle(shared):
    ran = shared.run("({ [Symbol.for('Jupyter.display')]() { return { 'text/html': '<i>x</i>' }; } })")
    (result,) = ran.of("execute_result")
    assert result["data"]["text/html"] == "<i>x</i>"
    assert result["data"]["text/plain"], "every result has plain text"


def test_the_display_symbol_may_be_asynchronous(shared):
    ran = shared.run("({ async [Symbol.for('Jupyter.display')]() { await 0; return { 'text/plain': 'slow' }; } })")
    assert ran.result == "slow"
    shown = shared.run(
        "display({ async [Symbol.for('Jupyter.display')]() {"
        " await new Promise((r) => setTimeout(r, 50)); return { 'text/plain': 'slow' }; } }); undefined"
    )
    assert shown.of("display_data")[0]["data"]["text/plain"] == "slow"


def test_a_display_symbol_that_throws_is_an_error(shared):
    ran = shared.run("({ [Symbol.for('Jupyter.display')]() { throw new Error('cannot draw'); } })")
    assert ran.error["evalue"] == "cannot draw"
    ran = shared.run("({ [Symbol.for('Jupyter.display')]() { return 5; } })")
    assert "must give an object of media types" in ran.error["evalue"]


def test_bytes_in_a_bundle_become_base64(shared):
    ran = shared.run("display({ 'image/png': new Uint8Array([137, 80, 78, 71]) }, { raw: true }); undefined")
    assert ran.of("display_data")[0]["data"]["image/png"] == "iVBORw=="


def test_a_display_is_updated_by_its_id(shared):
    ran = shared.run("const shown = display(1, { id: 'mine' }); shown.update(2); undefined")
    (first,) = ran.of("display_data")
    (second,) = ran.of("update_display_data")
    assert first["transient"] == second["transient"] == {"display_id": "mine"}
    assert (first["data"]["text/plain"], second["data"]["text/plain"]) == ("1", "2")


def test_a_display_is_updated_from_a_later_cell(shared):
    shared.run("const later = display('a', { id: 'later' })")
    (update,) = shared.run("later.update('b'); undefined").of("update_display_data")
    assert update["transient"]["display_id"] == "later"


def test_the_hosts_live_display_is_throttled_and_sends_the_last_state(shared):
    ran = shared.run(
        "const live = globalThis[Symbol.for('estimand.host')].display({ 'text/plain': 'begin' });\n"
        "const end = performance.now() + 1000; let i = 0;\n"
        "while (performance.now() < end) live.update({ 'text/plain': String(++i) });\n"
        "console.log(i);"
    )
    updates = [c["data"]["text/plain"] for c in ran.of("update_display_data")]
    assert 8 <= len(updates) <= 22
    assert updates[-1] == ran.text().strip()
    assert ran.of("display_data")[0]["data"]["text/plain"] == "begin"


def test_clear_output_is_sent(shared):
    ran = shared.run("console.log('a'); clearOutput(true)")
    assert ran.types[2:-1] == ["stream", "clear_output"]
    assert ran.of("clear_output") == [{"wait": True}]
