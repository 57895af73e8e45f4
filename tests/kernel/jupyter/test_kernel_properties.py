"""Properties of the protocol, tried with random messages through a real client. The same messages each time."""

import json
import os

import psutil
import zmq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jupyter_client.manager import KernelManager
from kernel_client import KERNEL, Session, kernel
from test_kernel_comms import ECHO, send
from test_kernel_protocol import RawShell

ENGINES = ("repl",)  # what is tried here is the wire's, whatever the engine

fixed = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    # One kernel takes all examples: it is to survive them.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
frame = st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode())
# What is done to a well-formed message: frames cut short, bits turned, frames lost, doubled, exchanged, added.
damage = st.lists(
    st.tuples(st.sampled_from(["cut", "flip", "lose", "double", "swap", "add"]), st.integers(0, 200), frame),
    min_size=1,
    max_size=4,
)


def damaged(frames, damages):
    frames = list(frames)
    for kind, place, extra in damages:
        if not frames:
            break
        i = place % len(frames)
        if kind == "cut":
            frames[i] = frames[i][: place % (len(frames[i]) + 1)]
        elif kind == "flip" and frames[i]:
            at = place % len(frames[i])
            frames[i] = frames[i][:at] + bytes([frames[i][at] ^ (1 + place % 255)]) + frames[i][at + 1 :]
        elif kind == "lose":
            del frames[i]
        elif kind == "double":
            frames.insert(i, frames[i])
        elif kind == "swap":
            frames[i], frames[0] = frames[0], frames[i]
        elif kind == "add":
            frames.insert(i, extra)
    return frames or [b""]


@fixed
@given(st.lists(st.tuples(st.sampled_from(["shell_port", "control_port", "stdin_port"]), damage), max_size=8))
def test_damaged_messages_are_survived_on_every_channel(shared, messages):
    with RawShell(shared) as raw:
        for port, damages in messages:
            with raw.context.socket(zmq.DEALER) as socket:
                socket.linger = 500
                socket.connect(f"tcp://{shared.manager.ip}:{getattr(shared.manager, port)}")
                good = raw.frames("execute_request", {"code": "throw new Error('must not run')"})
                socket.send_multipart(damaged([b"<IDS|MSG>", raw.sign(good), *good], damages))
        assert raw.is_answered(raw.frames("kernel_info_request", {}))


@fixed
@given(
    st.sampled_from(["execute_request", "comm_open", "comm_msg", "shutdown_request", "history_request", "toString"]),
    st.lists(json_values, min_size=3, max_size=3),
    st.dictionaries(st.sampled_from(["code", "comm_id", "target_name", "data", "silent", "n"]), json_values),
)
def test_well_signed_messages_of_any_shape_are_survived(shared, kind, parts, content):
    if kind == "shutdown_request":
        kind = "shutdown_requests"  # a real one is to be obeyed
    content.pop("code", None)
    with RawShell(shared) as raw:
        header, *_ = raw.frames(kind, {})
        for signed in (
            [header, b"{}", b"{}", json.dumps(content).encode()],
            [header, *[json.dumps(part).encode() for part in parts]],
            [json.dumps(part).encode() for part in [*parts, content]],
        ):
            raw.socket.send_multipart([b"<IDS|MSG>", raw.sign(signed), *signed])
    assert shared.value("1 + 1") == "2"


def test_forged_messages_are_dropped_each_of_them_counted(tmp_path):
    log = tmp_path / "kernel.log"
    with kernel(cwd=tmp_path, env={**os.environ, "ESTIMAND_LOG": str(log)}) as session, RawShell(session) as raw:
        session.run("globalThis.forged = 0")
        frames = raw.frames("execute_request", {"code": "globalThis.forged++"})
        good = raw.sign(frames)
        for signature in (b"", b"0" * 64, good[:-1], good + b"0", good.upper(), good[::-1]):
            raw.socket.send_multipart([b"<IDS|MSG>", signature, *frames])
        for other in range(4):  # the right signature over other bytes
            changed = [part + b" " if i == other else part for i, part in enumerate(frames)]
            raw.socket.send_multipart([b"<IDS|MSG>", good, *changed])
        assert raw.is_answered(raw.frames("kernel_info_request", {}))
        assert session.value("globalThis.forged") == "0"
        assert log.read_text().count("shell: dropped a message: bad signature") == 10


REQUESTS = {
    "kernel_info_request": {},
    "complete_request": {"code": "Math.", "cursor_pos": 5},
    "is_complete_request": {"code": "if (true) {"},
    "history_request": {"hist_access_type": "tail", "n": 1},
    "comm_info_request": {},
    "execute_request": {"code": "console.log((globalThis as any).ran.push(0)); await 0; 'value'", "stop_on_error": False},
    "failing": {"code": "console.log((globalThis as any).ran.push(0)); throw new Error('no')", "stop_on_error": False},
}


@settings(fixed, max_examples=15)
@given(st.lists(st.sampled_from(sorted(REQUESTS)), min_size=1, max_size=25))
def test_interleaved_requests_are_each_answered_once_and_cells_in_order(shared, kinds):
    shared.run("(globalThis as any).ran = []")
    shared.iopub.clear()  # of other tests' raw sockets
    sent = [
        (kind, shared.send("execute_request" if kind == "failing" else kind, REQUESTS[kind], "shell")) for kind in kinds
    ]
    cells = 0
    for kind, msg_id in sent:
        ran = shared.finish(msg_id, timeout=30)
        assert ran.states == ["busy", "idle"]
        assert {m["parent_header"]["msg_id"] for m in ran.messages} == {msg_id}
        if kind in ("execute_request", "failing"):
            cells += 1
            assert ran.text() == f"{cells}\n"
            last = "execute_result" if kind == "execute_request" else "error"
            assert ran.types == ["status", "execute_input", "stream", last, "status"]
    twice = [m["msg_type"] for m in shared.iopub + shared.replies["shell"]]
    assert twice == [], "nothing was said twice"


comm_ids = st.sampled_from(["a", "b", "c"])
storm = st.lists(
    st.tuples(st.just("comm_open"), comm_ids, st.sampled_from(["echo", "nobody"]))
    | st.tuples(st.just("comm_msg"), comm_ids, st.lists(st.binary(max_size=2000), max_size=3))
    | st.tuples(st.just("comm_close"), comm_ids, st.none()),
    min_size=1,
    max_size=60,
)


@settings(fixed, max_examples=15)
@given(storm)
def test_in_a_storm_of_comm_messages_each_is_answered_as_its_comm_stands(shared, messages):
    if "echo" not in shared.value("String((globalThis as any).echoes)"):
        assert shared.run(ECHO + "(globalThis as any).echoes = 'echo'").status == "ok"
    sent, open_comms = [], set()
    for kind, comm_id, more in messages:
        content = {"comm_id": comm_id, "target_name": more, "data": {"why": "x", "greeting": "g"}}
        buffers = more if kind == "comm_msg" else []
        expected = []
        if kind == "comm_open" and comm_id not in open_comms:
            expected = ["stream", "comm_msg"] if more == "echo" else ["comm_close"]
            if more == "echo":
                open_comms.add(comm_id)
        elif kind == "comm_msg" and comm_id in open_comms:
            expected = ["comm_msg"]
        elif kind == "comm_close" and comm_id in open_comms:
            expected = ["stream"]
            open_comms.remove(comm_id)
        sent.append((send(shared, kind, content, buffers), expected, buffers))
    for msg_id, expected, buffers in sent:
        heard = shared.until_idle(msg_id)
        assert [m["msg_type"] for m in heard] == ["status", *expected, "status"]
        if buffers and expected:
            assert [bytes(b) for b in heard[1]["buffers"]] == [b[::-1] for b in buffers]
    known = shared.ask("comm_info_request", {"target_name": "echo"}).content["comms"]
    assert set(known) == open_comms
    for comm_id in open_comms:
        shared.until_idle(send(shared, "comm_close", {"comm_id": comm_id, "data": {}}))


def test_only_the_address_of_the_connection_file_is_listened_at(tmp_path):
    manager = KernelManager(kernel_name=KERNEL, ip="127.0.0.1")
    manager.start_kernel(cwd=str(tmp_path))
    session = Session(manager)
    try:
        root = psutil.Process(manager.provisioner.process.pid)
        listening = [c.laddr for p in [root, *root.children(recursive=True)] for c in p.net_connections() if c.status == "LISTEN"]
        assert {address.ip for address in listening} == {"127.0.0.1"}
        ports = {getattr(manager, f"{name}_port") for name in ("shell", "iopub", "stdin", "control", "hb")}
        assert {address.port for address in listening} == ports
    finally:
        session.close()


def test_without_a_key_messages_are_not_signed(tmp_path):
    manager = KernelManager(kernel_name=KERNEL)
    manager.session.key = b""
    manager.start_kernel(cwd=str(tmp_path))
    session = Session(manager)
    try:
        assert session.value("1 + 1") == "2"
    finally:
        session.close()


pieces = st.lists(
    st.tuples(st.just("out"), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30))
    | st.tuples(st.just("error"), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30))
    | st.tuples(st.just("show"), st.integers(0, 99))
    | st.tuples(st.just("wait"), st.sampled_from([0, 1, 45]))
    | st.tuples(st.just("clear"), st.booleans()),
    min_size=1,
    max_size=25,
)
WRITTEN = {
    "out": "process.stdout.write({});",
    "error": "process.stderr.write({});",
    "show": "display({});",
    "wait": "await new Promise((r) => setTimeout(r, {}));",
    "clear": "clearOutput({});",
}


@settings(fixed, max_examples=25)
@given(pieces)
def test_whatever_a_cell_says_arrives_whole_in_order_and_before_idle(shared, said):
    expected = []
    for kind, value in said:
        if kind in ("out", "error"):
            name = {"out": "stdout", "error": "stderr"}[kind]
            if expected and expected[-1][0] == name:
                expected[-1] = (name, expected[-1][1] + value)
            else:
                expected.append((name, value))
        elif kind != "wait":
            expected.append((kind, str(value) if kind == "show" else value))
    code = "\n".join(WRITTEN[kind].format(json.dumps(value)) for kind, value in said)
    ran = shared.run(code + "\nundefined", timeout=30)
    heard = []
    for message in ran.outputs:
        content = message["content"]
        if message["msg_type"] == "stream":
            if heard and heard[-1][0] == content["name"]:
                heard[-1] = (content["name"], heard[-1][1] + content["text"])
            else:
                heard.append((content["name"], content["text"]))
        elif message["msg_type"] == "clear_output":
            heard.append(("clear", content["wait"]))
        else:
            heard.append(("show", content["data"]["text/plain"]))
    assert heard == expected
    assert ran.status == "ok"
