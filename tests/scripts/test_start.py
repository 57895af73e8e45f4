"""`npm start`: a URL that answers, no set-up done twice, and no process left behind however it is ended."""

import os
import re
import signal
import socket
import time
import urllib.request

import psutil
import pytest
from conftest import descendants

ADDRESS = re.compile(r"^JupyterLab: (http://\S+)", re.MULTILINE)
SECONDS_TO_END = 30


def read_address(process):
    """Read what `npm start` prints up to JupyterLab's address; returns the address and the lines before it."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        found = ADDRESS.match(line)
        if found:
            return found[1], "".join(lines)
    raise AssertionError("npm start ended without an address:\n" + "".join(lines) + process.stderr.read())


def start_kernel(address, name):
    """Start a kernel through the server's own interface, as a notebook does."""
    base, token = re.match(r"(http://[^/]+)/\S*token=(\w+)", address).groups()
    request = urllib.request.Request(
        f"{base}/api/kernels",
        data=b'{"name": "%s"}' % name.encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        assert reply.status == 201


def wait_for_kernel(process):
    """Wait until the kernel's Node runs below `npm start`; returns all that runs there."""
    deadline = time.monotonic() + SECONDS_TO_END
    while time.monotonic() < deadline:
        below = descendants(process.pid)
        if any("main.js" in part for child in below for part in command_line(child)):
            return below
        time.sleep(0.05)
    raise AssertionError("the kernel is not running")


def command_line(process):
    """The process's command line; empty when it has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def end_by_terminal(process):
    """A closed terminal: HUP for the whole foreground group."""
    os.killpg(process.pid, signal.SIGHUP)


def end_by_ctrl_c(process):
    """Ctrl-C: INT for the whole foreground group."""
    os.killpg(process.pid, signal.SIGINT)


def end_by_term(process):
    """TERM reaches npm alone."""
    process.terminate()


def end_by_kill(process):
    """The script is killed and can do nothing any more."""
    scripts = [child for child in descendants(process.pid) if "start.mjs" in " ".join(command_line(child))]
    scripts[-1].kill()


@pytest.mark.parametrize("end", [end_by_term, end_by_ctrl_c, end_by_terminal, end_by_kill])
def test_prints_an_address_that_answers_and_leaves_no_process(npm_run, end):
    process = npm_run("start", "--no-browser", "--port", "0")
    address, printed = read_address(process)
    with urllib.request.urlopen(address, timeout=30) as page:
        assert page.status == 200
    # Everything is set up, for this very test runs in it: no step may be done again.
    assert "setup:" not in printed

    start_kernel(address, "estimand")
    below = wait_for_kernel(process)
    end(process)
    _, alive = psutil.wait_procs([*below, psutil.Process(process.pid)], timeout=SECONDS_TO_END)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_writes_nothing_into_the_home_folder(npm_run):
    process = npm_run("start", "--no-browser", "--port", "0")
    address, _ = read_address(process)
    start_kernel(address, "estimand")
    end_by_term(process)
    process.communicate(timeout=SECONDS_TO_END)
    written = [path for path in npm_run.home.rglob("*") if path.is_file() and ".npm" not in path.parts]
    assert written == [], "npm keeps its own log in ~/.npm; nothing else may be there"


def test_logs_no_error(npm_run):
    process = npm_run("start", "--no-browser", "--port", "0")
    read_address(process)
    end_by_term(process)
    _, errors = process.communicate(timeout=SECONDS_TO_END)
    assert [line for line in errors.splitlines() if re.match(r"\[E |Fail|Error|Traceback", line)] == []


def test_opens_the_notebooks_folder(npm_run, root):
    process = npm_run("start", "--no-browser", "--port", "0")
    address, _ = read_address(process)
    base, token = re.match(r"(http://[^/]+)/\S*token=(\w+)", address).groups()
    with urllib.request.urlopen(f"{base}/api/contents/?token={token}", timeout=30) as reply:
        listing = reply.read().decode()
    for notebook in (root / "notebooks").glob("*.ipynb"):
        assert notebook.name in listing or notebook.name.endswith(".executed.ipynb")


def test_says_in_one_line_when_no_port_is_free(npm_run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = ("--no-browser", "--ip", "127.0.0.1", "--port", port, "--ServerApp.port_retries=0")
        process = npm_run("start", *options)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "start: No free port for JupyterLab. Name one that is free: npm start -- --port 8999" in errors


def test_hands_arguments_to_jupyterlab(npm_run):
    process = npm_run("start", "--version")
    printed, _ = process.communicate(timeout=60)
    assert re.search(r"^4\.\d+\.\d+", printed, re.MULTILINE)
    assert process.returncode == 0
