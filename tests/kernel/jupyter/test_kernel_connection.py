"""What the connection file says is done, and nothing else; and no kernel outlives whoever started it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from kernel_client import KERNEL, Session

ENGINES = ("repl",)
SECONDS = 20


def command(connection_file):
    """The kernel's command line, as Jupyter would use it."""
    argv = [
        part.replace("{connection_file}", str(connection_file))
        for part in KernelSpecManager().get_kernel_spec(KERNEL).argv
    ]
    return [sys.executable if argv[0] == "python" else argv[0], *argv[1:]]


@contextmanager
def started_by_hand(connection_file, **options):
    """A kernel that nobody watches over: no JPY_PARENT_PID."""
    environment = {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"}
    process = subprocess.Popen(
        command(connection_file), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextmanager
def client_of(connection_file):
    """A client that knows the connection file alone."""
    client = BlockingKernelClient(connection_file=str(connection_file))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        yield client
    finally:
        client.stop_channels()


def value(client, code):
    """The plain text of a cell's value."""
    found = []

    def collect(message):
        if message["msg_type"] == "execute_result":
            found.append(message["content"]["data"]["text/plain"])

    client.execute_interactive(code, timeout=SECONDS, output_hook=collect)
    return found[-1]


def fields(path, **changes):
    """Write a connection file with free ports; a change to None leaves the field out."""
    write_connection_file(str(path), key=b"a secret")
    content = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({name: field for name, field in content.items() if field is not None}))
    return path


def tree(pid):
    """A kernel's processes: the wire and, once it runs, the engine."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        process = psutil.Process(pid)
        processes = [process, *process.children(recursive=True)]
        if len(processes) == 2:
            return processes
        time.sleep(0.02)
    raise AssertionError("the kernel has no engine")


def all_end(processes):
    """Whether all processes end by themselves."""
    return not psutil.wait_procs(processes, timeout=SECONDS)[1]


@pytest.mark.parametrize("scheme", ["hmac-sha256", "hmac-sha512", "hmac-sha1"])
def test_messages_are_signed_as_the_file_says(tmp_path, scheme):
    manager = KernelManager(kernel_name=KERNEL)
    manager.session.signature_scheme = scheme
    manager.start_kernel(cwd=str(tmp_path))
    session = Session(manager)
    try:
        assert json.loads(Path(manager.connection_file).read_text())["signature_scheme"] == scheme
        assert session.value("1 + 1") == "2"
    finally:
        session.close()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signature_scheme": "hmac-rot13"}, "signature_scheme must be 'hmac-' and a hash"),
        ({"signature_scheme": "rsa-sha256"}, "signature_scheme must be 'hmac-' and a hash"),
        ({"signature_scheme": 5}, "signature_scheme must be 'hmac-' and a hash"),
        ({"transport": "udp"}, "transport must be 'tcp' or 'ipc'"),
        ({"ip": 127}, "ip must be a string"),
        ({"key": 1}, "key must be a string"),
        ({"hb_port": None}, "hb_port must be a port number"),
        ({"shell_port": 1.5}, "shell_port must be a port number"),
        ({"iopub_port": -1}, "iopub_port must be a port number"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_in_one_line(tmp_path, changes, told):
    done = subprocess.run(
        command(fields(tmp_path / "c.json", **changes)), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 1
    assert told in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"text"'])
def test_a_file_that_is_none_is_told_of_in_one_line(tmp_path, content):
    path = tmp_path / "c.json"
    if content is not None:
        path.write_text(content)
    done = subprocess.run(command(path), capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("estimand: cannot start: ")
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_port_that_is_taken_is_told_of_in_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = fields(tmp_path / "c.json", shell_port=taken.getsockname()[1])
        done = subprocess.run(command(path), capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "in use" in done.stdout
    assert done.stderr == ""


def test_it_listens_at_loopback_where_the_file_names_no_address(tmp_path):
    path = fields(tmp_path / "c.json", ip=None, transport=None, signature_scheme=None)
    with started_by_hand(path, cwd=tmp_path) as process:
        processes = tree(process.pid)
        full = fields_of(path)
        (tmp_path / "client.json").write_text(json.dumps({**full, "ip": "127.0.0.1", "transport": "tcp"}))
        with client_of(tmp_path / "client.json") as client:
            assert value(client, "6 * 7") == "42"
            listening = {
                (connection.laddr.ip, connection.laddr.port)
                for member in processes
                for connection in member.net_connections("inet")
                if connection.status == psutil.CONN_LISTEN
            }
            client.shutdown()
        assert listening == {
            ("127.0.0.1", full[f"{name}_port"]) for name in ("shell", "control", "iopub", "stdin", "hb")
        }
        assert all_end(processes)


def fields_of(path):
    return json.loads(path.read_text())


def has_ipv6():
    """Whether this machine has a loopback of IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_an_address_of_ipv6(tmp_path):
    if not has_ipv6():
        return
    path = fields(tmp_path / "c.json", ip="::1")
    with started_by_hand(path, cwd=tmp_path) as process:
        processes = tree(process.pid)
        deadline = time.monotonic() + SECONDS
        port = fields_of(path)["hb_port"]
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("::1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        else:
            raise AssertionError("nobody listens at ::1")
        process.terminate()
        assert all_end(processes)
        assert process.communicate() == ("", "")


@pytest.mark.parametrize("end", ["shutdown", "terminate", "hang up"])
def test_ipc_leaves_no_sockets_behind(tmp_path, end):
    path = fields(tmp_path / "c.json", transport="ipc", ip=str(tmp_path / "k"))
    with started_by_hand(path, cwd=tmp_path) as process:
        processes = tree(process.pid)
        with client_of(path) as client:
            assert value(client, "6 * 7") == "42"
            assert len(list(tmp_path.glob("k-*"))) == 5
            if end == "shutdown":
                client.shutdown()
            else:
                process.send_signal(signal.SIGTERM if end == "terminate" else signal.SIGHUP)
            assert all_end(processes)
        assert list(tmp_path.glob("k-*")) == []
        assert process.communicate() == ("", "")


def test_a_kernel_started_by_hand_lives_until_it_is_told(tmp_path):
    path = fields(tmp_path / "c.json")
    with started_by_hand(path, cwd=tmp_path, start_new_session=True) as process:
        processes = tree(process.pid)
        for expected in ("1", "2"):  # one client after the other, as with `jupyter console --existing`
            with client_of(path) as client:
                assert value(client, "globalThis.times = (globalThis.times ?? 0) + 1;\nglobalThis.times") == expected
        with client_of(path) as client:
            client.shutdown()
            assert all_end(processes)
        assert process.communicate() == ("", "")


def test_a_terminal_that_hangs_up_ends_both_processes_also_in_a_loop(tmp_path):
    path = fields(tmp_path / "c.json")
    with started_by_hand(path, cwd=tmp_path) as process:
        processes = tree(process.pid)
        with client_of(path) as client:
            client.execute("while (true) {}")
            process.send_signal(signal.SIGHUP)
            assert all_end(processes)
        assert process.communicate() == ("", "")


SERVER = """
import sys
from jupyter_server.serverapp import main
sys.exit(main())
"""


def start_kernel_at(url):
    """Ask a server for a kernel, as a notebook does; the server may not listen yet."""
    request = urllib.request.Request(
        f"{url}api/kernels", data=b'{"name": "%s"}' % KERNEL.encode(), headers={"Authorization": "token t"}
    )
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as reply:
                return json.loads(reply.read())
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "the server does not listen"
            time.sleep(0.05)


def test_a_killed_server_takes_its_kernels_with_it(tmp_path):
    options = ["--no-browser", "--ServerApp.port=0", "--IdentityProvider.token=t", "--ServerApp.allow_root=True"]
    folders = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, *options, f"--ServerApp.root_dir={tmp_path}"],
        env={**os.environ, **folders},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 3 * SECONDS
        while not (found := list((tmp_path / "RUNTIME").glob("jpserver-*.json"))):
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        url = json.loads(found[0].read_text())["url"]
        for _ in range(2):
            start_kernel_at(url)
        deadline = time.monotonic() + SECONDS
        while len(kernels := psutil.Process(server.pid).children(recursive=True)) < 4:
            assert time.monotonic() < deadline, "the kernels did not start"
            time.sleep(0.05)
        # Nobody asks for the server's end: it stays a zombie, as in a container without an init.
        server.kill()
        assert all_end(kernels)
    finally:
        server.kill()
        server.wait()
