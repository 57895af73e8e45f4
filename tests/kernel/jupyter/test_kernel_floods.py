"""Cells that print without end: held where they write, stopped by an interrupt, the kernel answering all the while."""

import time

import psutil

ENGINES = ("repl",)  # what is tried here is the wire's, whatever the engine


def test_a_flood_is_held_and_its_memory_bounded(fresh):
    msg_id = fresh.execute("console.log('started'); while (true) console.log('x'.repeat(1000))")
    fresh.started(msg_id)
    root = psutil.Process(fresh.manager.provisioner.process.pid)
    processes = [root, *root.children(recursive=True)]
    before = sum(p.memory_info().rss for p in processes)
    time.sleep(2)
    assert fresh.ask("kernel_info_request", channel="control").status == "ok"
    assert sum(p.memory_info().rss for p in processes) - before < 300e6
    began = time.monotonic()
    fresh.interrupt()
    ran = fresh.finish(msg_id)
    assert time.monotonic() - began < 5
    assert ran.error["ename"] == "Interrupted"
    assert "cut by the interrupt" in ran.text()
    assert ran.types[-2:] == ["error", "status"]
    assert fresh.value("1 + 1") == "2"


def test_one_long_text_can_be_interrupted(fresh):
    msg_id = fresh.execute("console.log('started'); console.log('x'.repeat(1e8)); let after = 1; while (true) {}")
    fresh.started(msg_id)
    began = time.monotonic()
    fresh.interrupt()
    ran = fresh.finish(msg_id, timeout=20)
    assert time.monotonic() - began < 10
    assert ran.error["ename"] == "Interrupted"
    assert fresh.value("2") == "2"


def test_text_that_still_goes_out_after_its_cell_has_ended_can_be_cut(fresh):
    msg_id = fresh.execute("console.log('started'); console.log('x'.repeat(2e7)); undefined")
    fresh.started(msg_id)
    time.sleep(1)
    fresh.interrupt()
    ran = fresh.finish(msg_id)
    assert "cut by the interrupt" in ran.text()
    assert len(ran.text()) < 1e7
    assert fresh.value("3") == "3"


def test_a_flood_of_a_child_process_is_held_and_stopped(fresh):
    msg_id = fresh.execute(
        "import { spawn } from 'node:child_process'; console.log('started');\n"
        "const child = spawn('yes', ['a line'], { stdio: 'inherit' }); await new Promise((r) => child.on('exit', r))"
    )
    fresh.started(msg_id)
    time.sleep(1)
    fresh.interrupt()
    assert fresh.finish(msg_id).error["ename"] == "Interrupted"
    fresh.send("interrupt_request", channel="control")
    assert fresh.run("child.kill(); 'killed'", timeout=20).result == "'killed'"


def test_displays_without_end_are_held_and_stopped(fresh):
    msg_id = fresh.execute("console.log('started'); for (let i = 0; ; i++) display(i)")
    fresh.started(msg_id)
    time.sleep(1)
    fresh.interrupt()
    ran = fresh.finish(msg_id)
    assert ran.error["ename"] == "Interrupted"
    numbers = [int(c["data"]["text/plain"]) for c in ran.of("display_data")]
    assert numbers == list(range(len(numbers)))
    assert "more displays" in ran.text()


def test_other_requests_are_answered_while_text_waits(fresh):
    msg_id = fresh.execute(
        "console.log('started'); await new Promise((r) => setTimeout(r, 100)); console.log('x'.repeat(2e6)); 'end'"
    )
    fresh.started(msg_id)
    began = time.monotonic()
    assert fresh.ask("kernel_info_request").status == "ok"
    assert fresh.ask("history_request", {"hist_access_type": "tail", "n": 1}).status == "ok"
    assert time.monotonic() - began < 1.5
    ran = fresh.finish(msg_id)
    assert len(ran.text()) == 2_000_001
    assert ran.types[-2:] == ["execute_result", "status"]
