"""The kernel's processes: nothing outlives the client, nothing is written where it does not belong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from kernel_client import KERNEL, Session, kernel


def all_end(processes, timeout=8):
    """Whether all processes end by themselves."""
    return not psutil.wait_procs(processes, timeout=timeout)[1]


def tree(session):
    process = psutil.Process(session.manager.provisioner.process.pid)
    return [process, *process.children(recursive=True)]


def test_the_engine_is_a_process_of_its_own(shared):
    processes = tree(shared)
    assert len(processes) == 2
    assert shared.value("process.pid") == str(processes[1].pid)
    assert shared.value("process.ppid") == str(processes[0].pid)


def test_no_engine_outlives_a_killed_wire_process_even_in_a_loop(fresh):
    fresh.started(fresh.execute("console.log('started'); while (true) {}"))
    processes = tree(fresh)
    processes[0].kill()
    assert all_end(processes)


def test_no_process_is_left_after_a_shutdown(fresh):
    fresh.started(fresh.execute("console.log('started'); while (true) {}"))
    processes = tree(fresh)
    fresh.client.stop_channels()
    fresh.manager.shutdown_kernel()
    assert all_end(processes)


def test_a_terminate_signal_ends_both(fresh):
    processes = tree(fresh)
    processes[0].send_signal(signal.SIGTERM)
    assert all_end(processes)


def test_the_kernel_leaves_with_its_parent(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, time\nfrom jupyter_client.manager import KernelManager\n"
        f"manager = KernelManager(kernel_name={KERNEL!r}, connection_file={str(tmp_path / 'connection.json')!r})\n"
        "manager.start_kernel()\n"
        "client = manager.client(); client.start_channels(); client.wait_for_ready(timeout=20)\n"
        "print(manager.provisioner.process.pid, flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    try:
        process = psutil.Process(int(parent.stdout.readline()))
        processes = [process, *process.children(recursive=True)]
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert len(processes) >= 2
    assert all_end(processes)


def test_an_interrupt_signal_is_an_interrupt(fresh):
    msg_id = fresh.execute("let here = 1; console.log('started'); while (true) {}")
    fresh.started(msg_id)
    os.kill(tree(fresh)[0].pid, signal.SIGINT)
    assert fresh.finish(msg_id).error["ename"] == "Interrupted"
    assert fresh.value("here") == "1"


def test_nothing_is_written_to_the_kernels_own_streams(tmp_path):
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=KERNEL)
    with open(tmp_path / "out", "w+") as out, open(tmp_path / "err", "w+") as err:
        manager.start_kernel(cwd=str(tmp_path), stdout=out, stderr=err)
        session = Session(manager)
        for code in (
            "console.log(1); console.error(2); process.emitWarning('w')",
            "Promise.reject(new Error('x')); 1",
            "let x = ;",
            "enum A { B }",
            "import x from 'nowhere'",
            "process.kill(process.pid, 'SIGABRT'); while (true);",
        ):
            session.run(code)
        session.ask("complete_request", {"code": "Math.", "cursor_pos": 5}, timeout=30)
        session.send("nonsense", {"a": 1})
        session.client.stop_channels()
        manager.shutdown_kernel()
        out.seek(0)
        err.seek(0)
        assert out.read() == ""
        assert err.read() == ""


def test_the_log_is_kept_only_on_request(tmp_path):
    log = tmp_path / "kernel.log"
    with kernel(cwd=tmp_path, env={**os.environ, "ESTIMAND_LOG": str(log)}) as session:
        session.value("1")
    assert "kernel ready" in log.read_text()


def test_the_session_writes_nothing_into_the_notebooks_folder(fresh, tmp_path):
    fresh.run("import { normal } from 'estimand'; 1")
    fresh.ask("complete_request", {"code": "Math.", "cursor_pos": 5}, timeout=30)
    assert list(tmp_path.iterdir()) == []


def test_ipc_transport(tmp_path):
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=KERNEL, transport="ipc", ip=str(Path(tmp_path) / "k"))
    manager.start_kernel(cwd=str(tmp_path))
    session = Session(manager)
    try:
        assert session.value("1 + 1") == "2"
    finally:
        session.close()


def test_a_connection_file_that_cannot_be_used_ends_with_one_line(tmp_path):
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    broken = tmp_path / "connection.json"
    broken.write_text('{"shell_port": "x"}')
    argv = [part.replace("{connection_file}", str(broken)) for part in spec.argv]
    argv[0] = sys.executable if argv[0] == "python" else argv[0]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "shell_port must be a port number" in done.stdout
    assert done.stderr == ""


def test_restart_by_the_client_gives_a_fresh_session(fresh):
    fresh.run("const before = 1")
    fresh.manager.restart_kernel(now=False)
    fresh.client.wait_for_ready(timeout=20)
    assert fresh.value("typeof before") == "'undefined'"
    assert fresh.run("1").content["execution_count"] == 2
