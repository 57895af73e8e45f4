"""Interrupts: whatever a cell is doing, it stops, and its variables stay."""

import json
import time

import pytest

STUCK = {
    "a busy loop": "while (true) {}",
    "a loop after an await": "await 0; while (true) {}",
    "a loop after a timer": "await new Promise((r) => setTimeout(r, 5)); while (true) {}",
    "a loop in a timer": "setTimeout(() => { while (true) {} }, 5); await new Promise(() => {})",
    "a loop in a microtask": "queueMicrotask(() => { while (true) {} }); await new Promise(() => {})",
    "a pending await": "await new Promise(() => {})",
    "a long timer": "await new Promise((r) => setTimeout(r, 1e6))",
    "a bad regular expression": "/^(a+)+$/.test('a'.repeat(40) + 'b')",
    "a sort with a comparator": "[3, 2, 1].sort(() => { while (true) {} })",
    "a sleep": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    "a loop that catches": "while (true) { try { JSON.parse('{'); } catch {} }",
    "a loop in finally": "try { while (true) {} } finally { while (true) {} }",
    "a promise as the cell's value": "new Promise(() => {})",
    "a getter while it is shown": "({ [Symbol.for('Jupyter.display')]() { while (true) {} } })",
}


@pytest.mark.parametrize("what", STUCK)
def test_interrupting(shared, what):
    msg_id = shared.execute(f"let kept = {json.dumps(what)}; console.log('started'); {STUCK[what]}")
    shared.started(msg_id)
    began = time.monotonic()
    assert shared.interrupt().content == {"status": "ok"}
    ran = shared.finish(msg_id)
    assert time.monotonic() - began < 5
    assert ran.status == "error"
    assert ran.error["ename"] == "Interrupted"
    assert "variables are kept" in ran.error["evalue"]
    assert shared.value(f"kept === {json.dumps(what)}") == "true"


def test_interrupting_aborts_the_cells_that_wait(shared):
    first = shared.execute("console.log('started'); while (true) {}")
    second = shared.execute("'must not run'")
    shared.started(first)
    shared.interrupt()
    assert shared.finish(first).status == "error"
    assert shared.finish(second).status == "aborted"


def test_interrupting_an_idle_kernel_harms_no_later_cell(shared):
    for _ in range(3):
        shared.interrupt()
    for i in range(5):
        assert shared.value(f"await new Promise((r) => setTimeout(r, 100, {i}))") == str(i)


def test_a_second_interrupt_harms_no_later_cell(shared):
    msg_id = shared.execute("console.log('started'); while (true) {}")
    shared.started(msg_id)
    ids = [shared.send("interrupt_request", channel="control") for _ in range(4)]
    assert shared.finish(msg_id).status == "error"
    after = shared.run("let n = 0; const until = performance.now() + 700; while (performance.now() < until) n++; n > 0")
    assert after.result == "true"
    for one in ids:
        assert shared.finish(one, "control").status == "ok"


def test_bursts_of_interrupts_lose_no_cell(shared):
    # Two stops on their way at once killed the engine's own code together with the cell's.
    for i in range(6):
        stuck = "while (true) {}" if i % 2 else "for (;;) await new Promise((r) => setTimeout(r, 1e5))"
        msg_id = shared.execute(f"console.log('started'); {stuck}")
        shared.started(msg_id)
        for _ in range(1 + i % 3):
            shared.send("interrupt_request", channel="control")
        assert shared.finish(msg_id).error["ename"] == "Interrupted"
        assert shared.value(f"{i} + 1") == str(i + 1)


def test_what_a_computation_has_is_returned_when_it_listens_to_the_signal(shared):
    msg_id = shared.execute(
        "const signal: AbortSignal = globalThis[Symbol.for('estimand.host')].signal();\n"
        "console.log('started'); let rounds = 0;\n"
        "while (!signal.aborted) { rounds++; await new Promise((r) => setTimeout(r, 10)); }\n"
        "rounds > 0 ? 'what there was' : 'nothing'"
    )
    shared.started(msg_id)
    shared.interrupt()
    ran = shared.finish(msg_id)
    assert ran.status == "ok"
    assert ran.result == "'what there was'"


def test_cells_behind_an_interrupted_computation_are_aborted_although_it_returned(shared):
    first = shared.execute(
        "const s: AbortSignal = globalThis[Symbol.for('estimand.host')].signal(); console.log('started');\n"
        "await new Promise((r) => s.addEventListener('abort', r)); 'partial'"
    )
    second = shared.execute("'must not run'")
    shared.started(first)
    shared.interrupt()
    assert shared.finish(first).result == "'partial'"
    assert shared.finish(second).status == "aborted"


def test_a_listener_that_does_not_come_to_an_end_is_stopped_by_a_second_interrupt(shared):
    msg_id = shared.execute(
        "void globalThis[Symbol.for('estimand.host')].signal(); console.log('started'); await new Promise(() => {})"
    )
    shared.started(msg_id)
    shared.interrupt()
    shared.interrupt()
    began = time.monotonic()
    assert shared.finish(msg_id).error["ename"] == "Interrupted"
    assert time.monotonic() - began < 2


def test_a_signal_of_one_cell_is_not_aborted_in_the_next(shared):
    assert shared.value("globalThis[Symbol.for('estimand.host')].signal().aborted") == "false"


def test_a_loop_left_behind_by_an_earlier_cell_can_be_stopped(shared):
    left = shared.run("setTimeout(() => { console.log('started'); while (true) {} }, 20); let here = 1")
    shared.late(left.msg_id, "stream")
    waiting = shared.execute("here")
    assert shared.ask("kernel_info_request", channel="control").status == "ok"
    shared.interrupt()
    shared.finish(waiting)
    assert shared.value("here") == "1"


def test_a_loop_that_begins_behind_the_interrupt_of_its_cell_keeps_no_later_cell_waiting(shared):
    for delay in (50, 150):
        msg_id = shared.execute(
            f"console.log('started'); setTimeout(() => {{ while (true) {{}} }}, {delay}); await new Promise(() => {{}})"
        )
        shared.started(msg_id)
        shared.interrupt()
        assert shared.finish(msg_id).error["ename"] == "Interrupted"
        assert shared.value("await new Promise((r) => setTimeout(r, 200)); 'goes on'") == "'goes on'"


def test_an_interrupted_cells_leftovers_print_nothing_more(shared):
    msg_id = shared.execute("const chatty = setInterval(() => console.log('started'), 5); await new Promise(() => {})")
    shared.started(msg_id)
    shared.interrupt()
    shared.finish(msg_id)
    quiet = shared.run("await new Promise((r) => setTimeout(r, 100)); clearInterval(chatty); 'done'")
    assert quiet.text() == ""
    assert not [m for m in shared.iopub if m["msg_type"] == "stream" and m["parent_header"]["msg_id"] == msg_id]


def test_the_loop_of_an_interrupted_cell_does_not_work_on_unseen(shared):
    for loop in (
        "for (;;) { rounds++; await new Promise((r) => setTimeout(r, 1)); }",
        "for await (const x of (async function* () { for (;;) { await new Promise((r) => setTimeout(r, 1)); yield 1; } })()) rounds++;",
        "for (;;) { try { rounds++; await new Promise((r) => setTimeout(r, 1)); } catch {} }",
    ):
        msg_id = shared.execute(f"let rounds = 0; console.log('started'); {loop}")
        shared.started(msg_id)
        shared.interrupt()
        assert shared.finish(msg_id).error["ename"] == "Interrupted"
        shared.run("let seen = rounds")
        assert shared.value("await new Promise((r) => setTimeout(r, 100)); rounds - seen <= 1") == "true"


def test_a_collection_of_garbage_right_behind_the_stop_of_an_awaiting_cell_ends_no_session(fresh):
    # V8 ends the process where it collects an awaited evaluation: a stop leaves one that nobody else keeps.
    collect = "process.getBuiltinModule('vm').runInNewContext('gc')"
    fresh.run(f"process.getBuiltinModule('v8').setFlagsFromString('--expose-gc'); const collect = {collect}")
    for i in range(3):
        msg_id = fresh.execute("setTimeout(collect, 1); await 0; console.log('started'); while (true) {}")
        fresh.started(msg_id)
        fresh.interrupt()
        assert fresh.finish(msg_id).error["ename"] == "Interrupted"
        assert fresh.value(f"collect(); {i}") == str(i)


UNSTOPPABLE = {
    "a child process that is waited for": "process.getBuiltinModule('child_process').execSync('sleep 60')",
    "a power of large integers": "7n ** 350_000_000n",
    "a derived key": "process.getBuiltinModule('crypto').pbkdf2Sync('a', 'b', 2e7, 64, 'sha512')",
}


@pytest.mark.engines("repl")
@pytest.mark.parametrize("what", UNSTOPPABLE)
def test_inside_native_code_the_user_is_told_and_offered_a_restart(fresh, what):
    msg_id = fresh.execute(f"console.log('started'); {UNSTOPPABLE[what]}; undefined")
    fresh.started(msg_id)
    fresh.interrupt()
    told = fresh.late(msg_id, "display_data", timeout=9)["content"]["data"]["text/plain"]
    assert "cannot be stopped" in told and "Restarting the kernel stops it" in told
    assert fresh.ask("kernel_info_request", channel="control").status == "ok"
    assert fresh.ask("complete_request", {"code": "Math.hyp", "cursor_pos": 8}).status == "ok"
    fresh.manager.restart_kernel(now=True)
    fresh.client.wait_for_ready(timeout=20)
    assert fresh.value("'alive'") == "'alive'"
