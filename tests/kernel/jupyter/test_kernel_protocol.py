"""The traps of the protocol: one test each, through a real client."""

import hashlib
import hmac
import json
import time
from random import Random

import pytest
import zmq


def test_every_request_stands_between_busy_and_idle(shared):
    requests = {
        "kernel_info_request": {},
        "complete_request": {"code": "Math.", "cursor_pos": 5},
        "inspect_request": {"code": "Math", "cursor_pos": 2, "detail_level": 0},
        "is_complete_request": {"code": "1"},
        "history_request": {"hist_access_type": "tail", "n": 1, "output": False, "raw": True},
        "comm_info_request": {},
        "execute_request": {"code": "1"},
    }
    for kind, content in requests.items():
        ran = shared.ask(kind, content)
        assert ran.states == ["busy", "idle"], kind
        assert ran.messages[0]["msg_type"] == "status", kind
        assert ran.reply["msg_type"] == kind.replace("request", "reply")
        assert ran.status in ("ok", "complete"), kind


def test_replies_and_outputs_name_their_own_request_as_parent(shared):
    ran = shared.run("console.log(1); 2")
    assert {m["parent_header"]["msg_id"] for m in ran.messages} == {ran.msg_id}
    assert ran.reply["parent_header"]["msg_id"] == ran.msg_id
    assert ran.types == ["status", "execute_input", "stream", "execute_result", "status"]


def test_kernel_info_on_shell_and_control_say_the_same(shared):
    shell = shared.ask("kernel_info_request").content
    control = shared.ask("kernel_info_request", channel="control").content
    assert shell == control
    assert shell["language_info"]["name"] == "typescript"
    assert shell["language_info"]["file_extension"] == ".ts"
    assert shell["protocol_version"].split(".")[0] == "5"
    assert shell["implementation"] == "estimand"
    assert "TypeScript" in shell["banner"]


def test_kernel_info_on_control_is_answered_while_a_cell_blocks(shared):
    msg_id = shared.execute("console.log('started'); while (true) {}")
    shared.started(msg_id)
    assert shared.ask("kernel_info_request", channel="control").status == "ok"
    shared.interrupt()
    assert shared.finish(msg_id).status == "error"


def test_completion_and_history_are_answered_while_a_cell_blocks(shared):
    msg_id = shared.execute("console.log('started'); while (true) {}")
    shared.started(msg_id)
    assert "hypot" in shared.ask("complete_request", {"code": "Math.hyp", "cursor_pos": 8}).content["matches"]
    assert shared.ask("history_request", {"hist_access_type": "tail", "n": 1}).status == "ok"
    shared.interrupt()
    assert shared.finish(msg_id).status == "error"


def test_heartbeat_is_answered_while_a_cell_blocks(shared):
    msg_id = shared.execute("console.log('started'); while (true) {}")
    shared.started(msg_id)
    with zmq.Context() as context, context.socket(zmq.REQ) as heart:
        heart.linger = 0
        heart.connect(f"tcp://{shared.manager.ip}:{shared.manager.hb_port}")
        heart.send(b"beat")
        assert heart.poll(2000) and heart.recv() == b"beat"
    shared.interrupt()
    assert shared.finish(msg_id).status == "error"


class RawShell:
    """A shell socket of our own, to send what no client sends."""

    def __init__(self, session):
        self.key = session.client.session.key
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(f"tcp://{session.manager.ip}:{session.manager.shell_port}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.context.term()

    def sign(self, frames):
        return hmac.new(self.key, b"".join(frames), hashlib.sha256).hexdigest().encode()

    def frames(self, kind, content, header=None):
        header = header or {"msg_id": kind, "session": "raw", "username": "", "msg_type": kind, "version": "5.4"}
        return [json.dumps(header).encode(), b"{}", b"{}", json.dumps(content).encode()]

    def is_answered(self, frames, signature=None):
        """Whether a well-signed request is answered (and so the kernel alive)."""
        self.socket.send_multipart([b"<IDS|MSG>", signature or self.sign(frames), *frames])
        return self.socket.poll(5000) and self.socket.recv_multipart()


def test_a_forged_message_is_dropped_and_the_kernel_lives(shared):
    shared.run("globalThis.forged = 0")
    with RawShell(shared) as raw:
        frames = raw.frames("execute_request", {"code": "globalThis.forged = 1"})
        raw.socket.send_multipart([b"<IDS|MSG>", b"0" * 64, *frames])
        raw.socket.send_multipart([b"<IDS|MSG>", b"", *frames])
        answer = raw.is_answered(raw.frames("kernel_info_request", {}))
    assert json.loads(answer[2])["msg_type"] == "kernel_info_reply"
    assert shared.value("globalThis.forged") == "0"


def test_malformed_frames_are_survived(shared):
    with RawShell(shared) as raw:
        good = raw.frames("kernel_info_request", {})
        bad = [b"\xff{", b"{}", b"{}", b"{}"]
        lists = [b"[]", b"{}", b"{}", b"{}"]
        anonymous = [b"{}", b"{}", b"{}", b"{}"]
        for message in (
            [b""],
            [b"<IDS|MSG>"],
            [b"<IDS|MSG>", b"signature"],
            [b"<IDS|MSG>", raw.sign(good), *good[:3]],
            [b"no delimiter", *good],
            [b"<IDS|MSG>", raw.sign(bad), *bad],
            [b"<IDS|MSG>", raw.sign(lists), *lists],
            [b"<IDS|MSG>", raw.sign(anonymous), *anonymous],
        ):
            raw.socket.send_multipart(message)
        assert raw.is_answered(good)


def test_random_and_truncated_frames_are_survived(shared):
    # A fixed seed: the same 400 messages each time.
    random = Random(20261122)
    with RawShell(shared) as raw:
        good = raw.frames("kernel_info_request", {})
        whole = [b"<IDS|MSG>", raw.sign(good), *good]
        for _ in range(400):
            frames = [bytearray(frame) for frame in random.sample(whole, random.randint(0, len(whole)))]
            for frame in frames:
                if frame and random.random() < 0.5:
                    frame[random.randrange(len(frame))] ^= random.randrange(1, 256)
                if random.random() < 0.2:
                    del frame[random.randint(0, len(frame)) :]
            raw.socket.send_multipart([bytes(frame) for frame in frames] or [b""])
        assert raw.is_answered(raw.frames("kernel_info_request", {}))
    assert shared.value("1 + 1") == "2"


def test_the_signature_is_over_the_raw_bytes(shared):
    # The same header in another spelling than any JSON library's own.
    spelled = b'{ "msg_id" : "spaced",\n "msg_type":"kernel_info_request", "session":"\\u0061", "username":"" }'
    with RawShell(shared) as raw:
        answer = raw.is_answered([spelled, b"{}", b"{ }", b"{}\n"])
    assert json.loads(answer[3])["msg_id"] == "spaced"
    assert answer[3] == spelled, "a request's header comes back byte for byte"


def test_unknown_messages_are_survived(shared):
    msg_id = shared.send("no_such_request", {"a": 1})
    assert [m["content"]["execution_state"] for m in shared.until_idle(msg_id)] == ["busy", "idle"]
    assert shared.value("1 + 1") == "2"


def test_a_request_with_fields_of_the_wrong_kind_is_survived(shared):
    for kind, content in {
        "execute_request": {"code": 5, "user_expressions": [1]},
        "complete_request": {"code": None, "cursor_pos": "x"},
        "inspect_request": {},
        "is_complete_request": {"code": {}},
        "history_request": {"hist_access_type": 7},
    }.items():
        assert shared.ask(kind, content).states == ["busy", "idle"], kind


def test_store_history_false_does_not_raise_the_counter(shared):
    before = shared.run("1").content["execution_count"]
    quiet = shared.run("2", store_history=False)
    after = shared.run("3").content["execution_count"]
    assert quiet.content["execution_count"] == before
    assert quiet.result == "2"
    assert after == before + 1


def test_silent_shows_nothing_and_does_not_raise_the_counter(shared):
    before = shared.run("1").content["execution_count"]
    quiet = shared.run("console.log('x'); globalThis.silently = 5", silent=True)
    assert quiet.status == "ok"
    assert quiet.types == ["status", "status"]
    assert shared.run("globalThis.silently").content["execution_count"] == before + 1
    assert shared.value("globalThis.silently") == "5"


def test_execute_input_comes_before_output_with_the_count(shared):
    ran = shared.run("console.log('x'); 5")
    assert ran.types[1] == "execute_input"
    assert ran.of("execute_input")[0]["execution_count"] == ran.content["execution_count"]
    assert ran.of("execute_result")[0]["execution_count"] == ran.content["execution_count"]


def test_user_expressions_are_evaluated_each_with_its_own_error(shared):
    expressions = {"good": "1 + x", "typed": "(x as number) * 2", "bad": "nothingHere"}
    results = shared.run("const x = 2", user_expressions=expressions).content["user_expressions"]
    assert results["good"]["status"] == "ok"
    assert results["good"]["data"]["text/plain"] == "3"
    assert results["typed"]["data"]["text/plain"] == "4"
    assert results["bad"]["status"] == "error"
    assert results["bad"]["ename"] == "ReferenceError"


def test_cells_behind_one_that_fails_are_aborted(shared):
    shared.run("globalThis.after = 0")
    first = shared.execute("await new Promise((r) => setTimeout(r, 50)); throw new Error('stop')")
    behind = [shared.execute("globalThis.after++") for _ in range(3)]
    assert shared.finish(first).status == "error"
    for msg_id in behind:
        ran = shared.finish(msg_id)
        assert ran.status == "aborted"
        assert ran.states == ["busy", "idle"]
    assert shared.value("globalThis.after") == "0"


def test_cells_behind_one_that_fails_run_when_stop_on_error_is_false(shared):
    first = shared.execute("await new Promise((r) => setTimeout(r, 50)); throw new Error('go on')", stop_on_error=False)
    second = shared.execute("'ran'")
    assert shared.finish(first).status == "error"
    assert shared.finish(second).result == "'ran'"


def test_a_cell_sent_after_a_failure_runs(shared):
    assert shared.run("throw new Error('one')").status == "error"
    assert shared.value("1 + 1") == "2"


def test_cells_run_in_the_order_they_were_sent(shared):
    shared.run("globalThis.order = []")
    ids = [shared.execute(f"await 0; order.push({i})") for i in range(20)]
    for msg_id in ids:
        assert shared.finish(msg_id).status == "ok"
    assert shared.value("order.join()") == f"'{','.join(str(i) for i in range(20))}'"


def test_an_empty_cell_is_well_and_counts_nothing(shared):
    before = shared.run("1").content["execution_count"]
    for code in ("", "  \n", "// only a comment"):
        ran = shared.run(code)
        assert ran.status == "ok"
        assert ran.outputs == []
    assert shared.run("2").content["execution_count"] in (before + 1, before + 2)


def test_an_unknown_comm_target_is_closed(shared):
    msg_id = shared.send("comm_open", {"comm_id": "abc", "target_name": "nobody", "data": {}})
    messages = shared.until_idle(msg_id)
    assert [m["msg_type"] for m in messages] == ["status", "comm_close", "status"]
    assert messages[1]["content"]["comm_id"] == "abc"


def test_comm_info_knows_no_comms(shared):
    assert shared.ask("comm_info_request", {"target_name": "x"}).content["comms"] == {}


def test_stray_comm_messages_are_survived(shared):
    for kind in ("comm_msg", "comm_close"):
        shared.until_idle(shared.send(kind, {"comm_id": "unknown", "data": {"code": "process.abort()"}}))
    assert shared.value("2") == "2"


def test_a_debug_request_is_refused_honestly(shared):
    content = {"type": "request", "seq": 7, "command": "attach", "arguments": {}}
    reply = shared.ask("debug_request", content, channel="control").content
    assert reply["success"] is False
    assert (reply["request_seq"], reply["command"]) == (7, "attach")
    assert "no debugger" in reply["message"]


def test_history_gives_tail_range_and_search(shared):
    for code in ("const historyA = 1", "const historyB = 2; historyB", "const historyA = 1"):
        shared.run(code)
    tail = shared.ask("history_request", {"hist_access_type": "tail", "n": 2, "output": True}).content["history"]
    assert [entry[2][0] for entry in tail] == ["const historyB = 2; historyB", "const historyA = 1"]
    assert tail[0][2][1] == "2"
    line = tail[0][1]
    content = {"hist_access_type": "range", "session": 0, "start": line, "stop": line + 1}
    found = shared.ask("history_request", content).content["history"]
    assert [entry[2] for entry in found] == ["const historyB = 2; historyB"]
    content = {"hist_access_type": "search", "pattern": "const history?*= 1", "unique": True}
    assert len(shared.ask("history_request", content).content["history"]) == 1


@pytest.mark.parametrize("restart", [False, True])
def test_after_the_shutdown_reply_the_process_ends(fresh, restart):
    process = fresh.manager.provisioner.process
    msg_id = fresh.send("shutdown_request", {"restart": restart}, channel="control")
    ran = fresh.finish(msg_id, "control")
    assert ran.content == {"status": "ok", "restart": restart}
    assert ran.states == ["busy", "idle"]
    assert process.wait(5) == 0


def test_shutdown_while_a_cell_blocks(fresh):
    process = fresh.manager.provisioner.process
    fresh.started(fresh.execute("console.log('started'); while (true) {}"))
    began = time.monotonic()
    fresh.reply(fresh.send("shutdown_request", {"restart": False}, channel="control"), "control")
    process.wait(5)
    assert time.monotonic() - began < 4


def test_a_large_display_arrives_whole_and_before_idle(shared):
    ran = shared.run("display({ 'text/plain': 'x'.repeat(5e7) }, { raw: true }); undefined", timeout=60)
    (display,) = ran.of("display_data")
    assert len(display["data"]["text/plain"]) == 50_000_000


def test_input_is_asked_for_and_given(shared):
    msg_id = shared.execute("const answer: string = input('Name? '); answer.length", allow_stdin=True)
    request = shared.client.stdin_channel.get_msg(timeout=10)
    assert request["content"] == {"prompt": "Name? ", "password": False}
    assert request["parent_header"]["msg_id"] == msg_id
    shared.client.input("Ada 😀")
    assert shared.finish(msg_id).result == "6"


def test_control_is_answered_while_a_cell_waits_for_input(shared):
    msg_id = shared.execute("password('?')", allow_stdin=True)
    request = shared.client.stdin_channel.get_msg(timeout=10)
    assert request["content"]["password"] is True
    assert shared.ask("kernel_info_request", channel="control").status == "ok"
    shared.client.input("secret")
    assert shared.finish(msg_id).result == "'secret'"


def test_waiting_for_input_can_be_interrupted(shared):
    msg_id = shared.execute("let gone = 1; input('?')", allow_stdin=True)
    shared.client.stdin_channel.get_msg(timeout=10)
    shared.interrupt()
    assert shared.finish(msg_id).error["ename"] == "Interrupted"
    assert shared.value("gone") == "1"


def test_input_is_refused_where_nobody_can_answer(shared):
    error = shared.run("input('?')", allow_stdin=False).error
    assert "nobody is there to answer" in error["evalue"]


def test_requests_on_control_stand_between_busy_and_idle_as_well(shared):
    for kind in ("kernel_info_request", "interrupt_request", "debug_request", "history_request", "comm_info_request"):
        ran = shared.ask(kind, {}, "control")
        assert ran.types == ["status", "status"], kind
        assert ran.states == ["busy", "idle"], kind
        assert {m["parent_header"]["msg_id"] for m in ran.messages} == {ran.msg_id}


def test_requests_with_contents_of_any_kind_are_answered(shared):
    for kind in ("complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request"):
        for content in (
            {},
            {"code": 7, "cursor_pos": "x", "n": "many", "pattern": 5, "target_name": []},
            {"code": "a😀b", "cursor_pos": 10**9},
            {"code": "a", "cursor_pos": -5, "hist_access_type": "none", "session": -9, "start": -100, "stop": -200},
        ):
            assert shared.ask(kind, content).reply["msg_type"] == kind.replace("request", "reply"), (kind, content)
    for content in ({}, {"code": None}, {"code": 5, "user_expressions": 5, "silent": "no", "allow_stdin": 1}):
        assert shared.finish(shared.send("execute_request", content)).status == "ok", content


def test_an_error_in_a_silent_cell_is_replied_and_not_published(shared):
    ran = shared.run("console.log('x'); throw new RangeError('quiet')", silent=True)
    assert ran.types == ["status", "status"]
    assert (ran.status, ran.content["ename"]) == ("error", "RangeError")


def test_silent_is_stronger_than_store_history(shared):
    before = shared.run("1").content["execution_count"]
    shared.run("2", silent=True, store_history=True)
    assert shared.run("3").content["execution_count"] == before + 1


def test_after_a_failure_user_expressions_are_not_evaluated(shared):
    ran = shared.run("throw new Error('no')", user_expressions={"a": "globalThis.evaluated = 1"})
    assert ran.content["user_expressions"] == {}
    assert shared.value("typeof globalThis.evaluated") == "'undefined'"


def test_completion_in_the_middle_of_a_line_replaces_the_word_alone(shared):
    content = shared.ask("complete_request", {"code": "'😀'; Math.hyp + 1", "cursor_pos": 13}).content
    assert "hypot" in content["matches"]
    assert (content["cursor_start"], content["cursor_end"]) == (10, 13)


def test_inspecting_the_unknown_finds_nothing(shared):
    content = shared.ask("inspect_request", {"code": "nobodyKnowsThis", "cursor_pos": 3, "detail_level": 1}).content
    assert content == {"status": "ok", "found": False, "data": {}, "metadata": {}}


def test_an_answer_that_nobody_asked_for_is_not_taken_for_a_later_question(shared):
    shared.client.input("stray")
    for _ in range(3):  # nothing answers on this channel: turns of the kernel's loop, in which it has come
        shared.ask("kernel_info_request", {})
    msg_id = shared.execute("input('first? ') + password('second? ')", allow_stdin=True)
    for answer in ("right", "-too"):
        shared.client.stdin_channel.get_msg(timeout=10)
        shared.client.input(answer)
    assert shared.finish(msg_id).result == "'right-too'"


def test_history_searches_by_glob_with_n_unique_and_outputs_and_knows_no_earlier_session(shared):
    for code in ("'glob' + 1", "'glob' + 2", "'glob' + 1"):
        shared.run(code)
    search = {"hist_access_type": "search", "pattern": "'glob'*", "raw": True, "output": True}
    entries = shared.ask("history_request", search).content["history"]
    assert [entry[2] for entry in entries] == [["'glob' + 1", "'glob1'"], ["'glob' + 2", "'glob2'"], ["'glob' + 1", "'glob1'"]]
    assert len(shared.ask("history_request", {**search, "unique": True}).content["history"]) == 2
    assert [e[2][0] for e in shared.ask("history_request", {**search, "n": 1}).content["history"]] == ["'glob' + 1"]
    earlier = {"hist_access_type": "range", "session": -1, "start": 0, "stop": 100}
    assert shared.ask("history_request", earlier).content["history"] == []


def test_a_subscriber_is_welcomed_with_its_topic(shared):
    with zmq.Context() as context, context.socket(zmq.SUB) as subscriber:
        subscriber.linger = 0
        subscriber.connect(f"tcp://{shared.manager.ip}:{shared.manager.iopub_port}")
        subscriber.subscribe(b"some topic")
        assert subscriber.poll(5000)
        frames = subscriber.recv_multipart()
    assert frames[0] == b"some topic"
    assert json.loads(frames[3])["msg_type"] == "iopub_welcome"
    assert json.loads(frames[6]) == {"subscription": "some topic"}


def test_an_update_of_an_unknown_display_is_passed_on(shared):
    (update,) = shared.run("display(5, { id: 'nobody has it', update: true }); undefined").of("update_display_data")
    assert update["transient"] == {"display_id": "nobody has it"}


@pytest.mark.parametrize("word", ["exit", "quit()"])
def test_exit_and_quit_ask_a_console_to_end_and_tell_a_notebook_what_to_do(shared, word):
    ran = shared.run(word)
    assert ran.content["payload"] == [{"source": "ask_exit", "keepkernel": False}]
    assert "Shut Down Kernel" in ran.result
    assert shared.run("1 + 1").content["payload"] == []


def test_exit_is_a_name_like_any_other_where_a_cell_declares_it(fresh):
    assert fresh.value("const exit = 5; exit") == "5"
    assert fresh.run("exit + 1").content["payload"] == []
