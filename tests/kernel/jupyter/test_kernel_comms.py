"""Comms, both ways, through a real client."""

ECHO = """
import { registerCommTarget } from 'estimand';
registerCommTarget('echo', (comm, opened) => {
  console.log('opened with', opened.data.greeting);
  comm.send({ seen: opened.data, sizes: opened.buffers.map((b) => b.length) });
  comm.onMessage(({ data, buffers, metadata }) => {
    if (data.fail) throw new Error('handler failed');
    if (data.later) return new Promise((_, reject) => setTimeout(reject, 1, new Error('later')));
    if (data.show) display({ 'text/plain': 'shown' }, { raw: true });
    comm.send({ back: data, metadata }, { buffers: buffers.map((b) => b.slice().reverse()), metadata: { m: 1 } });
  });
  comm.onClose(({ data }) => console.log('closed', data.why));
});
"""


def comm_open(session, comm_id="c1", target="echo", data=None, buffers=None):
    content = {"comm_id": comm_id, "target_name": target, "data": data or {}}
    return send(session, "comm_open", content, buffers)


def send(session, kind, content, buffers=None):
    message = session.client.session.send(
        session.client.shell_channel.socket, kind, content, buffers=buffers or []
    )
    return message["header"]["msg_id"]


def say(session, data, comm_id="c1", buffers=None):
    return send(session, "comm_msg", {"comm_id": comm_id, "data": data}, buffers)


def test_the_front_end_opens_a_registered_target_and_both_sides_talk(fresh):
    assert fresh.run(ECHO).status == "ok"
    messages = fresh.until_idle(comm_open(fresh, data={"greeting": "hello"}, buffers=[b"abc", b""]))
    assert [m["msg_type"] for m in messages] == ["status", "stream", "comm_msg", "status"]
    assert messages[1]["content"]["text"] == "opened with hello\n"
    assert messages[2]["content"] == {"comm_id": "c1", "data": {"seen": {"greeting": "hello"}, "sizes": [3, 0]}}
    buffers = [bytes(range(256)), b"", b"\x00\xff" * 70_000]
    messages = fresh.until_idle(say(fresh, {"n": [1, "é😀"]}, buffers=buffers))
    assert [m["msg_type"] for m in messages] == ["status", "comm_msg", "status"]
    answer = messages[1]
    assert answer["content"]["data"]["back"] == {"n": [1, "é😀"]}
    assert answer["metadata"] == {"m": 1}
    assert [bytes(b) for b in answer["buffers"]] == [b[::-1] for b in buffers]


def test_comm_info_lists_what_is_open_by_target(fresh):
    fresh.run(ECHO + "import { openComm } from 'estimand'; const mine = openComm('front', { a: 1 });")
    fresh.until_idle(comm_open(fresh, "c1"))
    comms = fresh.ask("comm_info_request").content["comms"]
    assert comms["c1"] == {"target_name": "echo"}
    assert sorted(c["target_name"] for c in comms.values()) == ["echo", "front"]
    only = fresh.ask("comm_info_request", {"target_name": "echo"}).content["comms"]
    assert only == {"c1": {"target_name": "echo"}}
    messages = fresh.until_idle(send(fresh, "comm_close", {"comm_id": "c1", "data": {"why": "done"}}))
    assert [m["content"]["text"] for m in messages if m["msg_type"] == "stream"] == ["closed done\n"]
    fresh.run("mine.close()")
    assert fresh.ask("comm_info_request").content["comms"] == {}


def test_the_session_opens_uses_and_closes_a_comm_inside_its_cell(fresh):
    ran = fresh.run(
        "import { openComm } from 'estimand';\n"
        "console.log('before'); const c = openComm('t', { a: 1 }, { metadata: { version: '2' }, buffers: [new Float64Array([1.5])] });\n"
        "c.onMessage(({ buffers }) => c.send({ sum: new Float64Array(buffers[0].buffer)[0] + 1 }));\n"
        "c.send({ b: 2 }); c.closed"
    )
    assert ran.result == "false"
    assert [m["msg_type"] for m in ran.outputs] == ["stream", "comm_open", "comm_msg", "execute_result"]
    opened = ran.outputs[1]
    assert opened["content"]["target_name"] == "t" and opened["content"]["data"] == {"a": 1}
    assert opened["metadata"] == {"version": "2"}
    import struct

    assert struct.unpack("<d", bytes(opened["buffers"][0])) == (1.5,)
    comm_id = opened["content"]["comm_id"]
    messages = fresh.until_idle(say(fresh, {}, comm_id, [struct.pack("<d", 2.5)]))
    assert messages[1]["content"]["data"] == {"sum": 3.5}
    error = fresh.run("c.close(); c.close(); c.send({})").error
    assert "is closed" in error["evalue"]


def test_an_error_in_a_handler_is_shown_with_its_message_as_parent(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    messages = fresh.until_idle(say(fresh, {"fail": True}))
    assert [m["msg_type"] for m in messages] == ["status", "error", "status"]
    assert messages[1]["content"]["evalue"] == "handler failed"
    assert "cell[" in "".join(messages[1]["content"]["traceback"]), "the traceback names the user's cell"
    assert "<anonymous>:" not in "".join(messages[1]["content"]["traceback"]), "and nothing of ours"
    msg_id = say(fresh, {"later": True})
    assert fresh.late(msg_id, "error")["content"]["evalue"] == "later"
    assert fresh.value("1 + 1") == "2"


def test_what_a_handler_shows_belongs_to_its_message(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    messages = fresh.until_idle(say(fresh, {"show": True}))
    assert [m["msg_type"] for m in messages] == ["status", "display_data", "comm_msg", "status"]


def test_a_target_that_throws_closes_the_comm(fresh):
    fresh.run("import { registerCommTarget } from 'estimand'; registerCommTarget('bad', () => { throw new Error('no'); })")
    messages = fresh.until_idle(comm_open(fresh, "b1", "bad"))
    assert [m["msg_type"] for m in messages] == ["status", "comm_close", "error", "status"]
    assert fresh.ask("comm_info_request").content["comms"] == {}


def test_a_comm_message_is_handled_while_a_cell_awaits(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    msg_id = fresh.execute(
        "const promise = new Promise<void>(() => {});\n"
        "registerCommTarget('echo', () => {});\n"
        "setTimeout(() => console.log('started')); await promise; 'over'"
    )
    fresh.started(msg_id)
    messages = fresh.until_idle(say(fresh, {"n": 1}))
    assert [m["msg_type"] for m in messages] == ["status", "comm_msg", "status"]
    opening = comm_open(fresh, "c2")  # waits, as in ipykernel, for the cell that came before it
    fresh.interrupt()
    assert fresh.finish(msg_id).status == "error"
    assert "comm_close" not in [m["msg_type"] for m in fresh.until_idle(opening)]


def test_a_comm_opened_right_behind_the_cell_that_registers_its_target_is_accepted(fresh):
    cell = fresh.execute(ECHO)
    opening = comm_open(fresh)
    message = say(fresh, {"n": 2})
    assert fresh.finish(cell).status == "ok"
    assert "comm_msg" in [m["msg_type"] for m in fresh.until_idle(opening)]
    assert "comm_msg" in [m["msg_type"] for m in fresh.until_idle(message)]


def test_comm_messages_wait_while_a_cell_computes_and_none_is_lost(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    cell = fresh.execute("console.log('started'); const end = Date.now() + 300; while (Date.now() < end); 'done'")
    fresh.started(cell)
    ids = [say(fresh, {"i": i}) for i in range(200)]
    assert fresh.finish(cell).result == "'done'"
    back = [m["content"]["data"]["back"]["i"] for id in ids for m in fresh.until_idle(id) if m["msg_type"] == "comm_msg"]
    assert back == list(range(200))


def test_an_opening_refused_after_the_next_was_sent_does_not_hide_that(fresh):
    fresh.run(ECHO)
    for _ in range(20):
        ids = [comm_open(fresh, "x", "nobody"), comm_open(fresh, "x", "echo")]
        for msg_id in ids:
            fresh.until_idle(msg_id)
        assert fresh.ask("comm_info_request").content["comms"] == {"x": {"target_name": "echo"}}
        fresh.until_idle(send(fresh, "comm_close", {"comm_id": "x", "data": {}}))
        assert fresh.ask("comm_info_request").content["comms"] == {}


def test_thousands_of_comm_messages_at_once_end_no_session(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    ids = [say(fresh, {"i": i}) for i in range(3000)]
    back = [m["content"]["data"]["back"]["i"] for id in ids for m in fresh.until_idle(id, 30) if m["msg_type"] == "comm_msg"]
    assert back == list(range(3000))


def test_a_handler_that_never_ends_can_be_interrupted_and_the_variables_are_kept(fresh):
    fresh.run(
        "import { registerCommTarget } from 'estimand'; let kept = 7;\n"
        "registerCommTarget('loop', () => { console.log('started'); while (true) {} })"
    )
    msg_id = comm_open(fresh, "l1", "loop")
    fresh.started(msg_id)
    fresh.interrupt()
    fresh.until_idle(msg_id)
    assert fresh.value("kept") == "7"


def test_when_the_session_dies_its_comms_are_closed_in_the_front_end(fresh):
    fresh.run(ECHO)
    fresh.until_idle(comm_open(fresh))
    fresh.execute("process.kill(process.pid, 'SIGKILL'); while (true);")
    assert fresh.published(lambda m: m["msg_type"] == "comm_close")["content"]["comm_id"] == "c1"
    assert fresh.ask("comm_info_request").content["comms"] == {}


def test_cells_aborted_behind_a_failure_take_no_comm_message_along(fresh):
    fresh.run(ECHO)
    first = fresh.execute("await new Promise((r) => setTimeout(r, 50)); throw new Error('stop')")
    opening = comm_open(fresh, "c9")
    behind = fresh.execute("1")
    assert fresh.finish(first).status == "error"
    assert "comm_msg" in [m["msg_type"] for m in fresh.until_idle(opening)]
    assert fresh.finish(behind).status in ("aborted", "ok")


def test_data_of_a_comm_is_never_evaluated(fresh):
    fresh.run(ECHO + "globalThis.pwned = 0")
    evil = {"code": "globalThis.pwned = 1", "__proto__": {"polluted": 1}, "method": "constructor"}
    fresh.until_idle(comm_open(fresh, "__proto__", "__proto__", evil))
    fresh.until_idle(comm_open(fresh, "constructor", "constructor", evil))
    fresh.until_idle(comm_open(fresh, "c1", "echo", evil))
    fresh.until_idle(say(fresh, evil))
    for content in ({}, {"comm_id": 5}, {"comm_id": None, "data": 3}, {"comm_id": "c1", "data": [1]}):
        for kind in ("comm_open", "comm_msg", "comm_close"):
            fresh.until_idle(send(fresh, kind, content))
    assert fresh.value("[globalThis.pwned, ({} as any).polluted]") == "[ 0, undefined ]"
