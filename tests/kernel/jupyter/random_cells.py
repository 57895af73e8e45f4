"""
Cells at random: output, errors, interrupts, displays, comms, input. Each knows what must come of it, and in which order;
nothing may be lost, and all of it stands before the cell's idle. A fixed seed gives the same cells.
"""

import time
from random import Random

from kernel_client import Ran

# What cells need: a comm target, and a way to change what earlier cells have made.
SETUP = """
import { registerCommTarget, openComm } from 'estimand';
registerCommTarget('echo', (comm) => comm.onMessage(({ data, buffers }) => comm.send(data, { buffers })));
let total: number = 0;
"""
# Cells declare names out of so many, types as well, as one who runs the cells of a notebook again and again: a name that is
# new is kept with its text for as long as the session, and is no leak.
NAMES = 40


def said(messages):
    """What a request has said on iopub, in order: text of one stream joined, without status and execute_input."""
    all_said = []
    for message in messages:
        kind, content = message["msg_type"], message["content"]
        if kind in ("status", "execute_input"):
            continue
        if kind == "stream":
            if all_said and all_said[-1][0] == content["name"]:
                all_said[-1] = (content["name"], all_said[-1][1] + content["text"])
            else:
                all_said.append((content["name"], content["text"]))
        elif kind in ("display_data", "update_display_data"):
            text = content["data"]["text/plain"]
            if "type error" not in text:  # the checker's reports come when they come
                all_said.append((kind, text))
        elif kind == "execute_result":
            all_said.append((kind, content["data"]["text/plain"]))
        elif kind == "error":
            all_said.append((kind, content["ename"], content["evalue"]))
        elif kind == "clear_output":
            all_said.append((kind, content["wait"]))
        else:
            all_said.append((kind, content.get("data"), [bytes(b) for b in message.get("buffers", [])]))
    return all_said


def marks(number, count, stream="stdout"):
    """Sequence-numbered lines, and the text they print."""
    method = "log" if stream == "stdout" else "error"
    code = f"for (let i = 0; i < {count}; i++) console.{method}('#{number}.' + i);\n"
    return code, (stream, "".join(f"#{number}.{i}\n" for i in range(count)))


class RandomCells:
    """Runs cells at random in a session, and checks each."""

    def __init__(self, session, seed, interrupts=True):
        self.session = session
        self.random = Random(seed)
        self.number = 0
        self.count = None  # the execution count that the next stored cell will have
        self.late = []  # (request, what is yet to come of it)
        self.interrupts = interrupts
        self.kinds = {
            self.prints: 6,
            self.declares: 6,
            self.fails: 3,
            self.does_not_parse: 1,
            self.shows: 4,
            self.clears: 1,
            self.awaits: 3,
            self.prints_later: 2,
            self.fails_later: 1,
            self.is_unseen: 2,
            self.is_compiled: 1,
            self.imports: 1,
            self.talks: 2,
            self.is_talked_to: 2,
            self.asks: 1,
            self.fails_with_cells_behind: 1,
            self.is_asked_about: 2,
        }
        self.ran = dict.fromkeys([kind.__name__ for kind in self.kinds] + ["is_interrupted"], 0)
        self.begin()

    def begin(self):
        ran = self.session.run(SETUP, timeout=30)
        assert ran.status == "ok", ran.content
        self.count = ran.content["execution_count"]
        self.session.until_idle(self.comm("comm_open", {"comm_id": "c", "target_name": "echo", "data": {}}))

    def comm(self, kind, content, buffers=()):
        session = self.session.client
        message = session.session.send(session.shell_channel.socket, kind, content, buffers=list(buffers))
        return message["header"]["msg_id"]

    def step(self):
        """Run one cell, or a few that belong together."""
        self.number += 1
        if self.interrupts and self.random.random() < 0.02:
            kind = self.is_interrupted
        else:
            (kind,) = self.random.choices(list(self.kinds), list(self.kinds.values()))
        self.ran[kind.__name__] += 1
        kind()
        if len(self.late) > 20:
            self.settle()

    def settle(self):
        """Wait for all that is to come late."""
        for msg_id, messages, expected in self.late:
            end = time.monotonic() + 10
            while said(messages) != expected and time.monotonic() < end:
                messages.append(self.session.published(lambda m: m["parent_header"].get("msg_id") == msg_id))
            assert said(messages) == expected, (said(messages), expected)
        self.late = []
        reports = [m for m in self.session.iopub if "type error" in m["content"].get("data", {}).get("text/plain", "")]
        left = [m for m in self.session.iopub if m not in reports]
        assert left == [], left[:3]
        assert self.session.replies == {"shell": [], "control": []}
        self.session.iopub.clear()

    def check(self, ran: Ran, expected, status="ok", stored=True):
        self.count += stored
        assert ran.status == status, (ran.content, expected)
        assert said(ran.messages) == expected, (said(ran.messages), expected)
        assert ran.content["execution_count"] == self.count, (ran.content["execution_count"], self.count)
        assert ran.states == ["busy", "idle"]
        assert ran.messages[-1]["content"]["execution_state"] == "idle"

    def check_late(self, ran, expected):
        """What comes late may come partly before idle: as much as there was by then."""
        self.check(ran, said(ran.messages))
        if said(ran.messages) != expected:
            self.late.append((ran.msg_id, ran.messages, expected))

    def run(self, code, expected, status="ok", stored=True, **content):
        self.check(self.session.run(code, timeout=30, **content), expected, status, stored)

    def name(self):
        return f"name{self.random.randrange(NAMES)}"

    def prints(self):
        pieces = [
            marks(f"{self.number}.{k}", self.random.choice([1, 3, 40, 400]), ("stdout", "stderr")[k % 2])
            for k in range(self.random.randint(1, 4))
        ]
        self.run("".join(code for code, _ in pieces), [expected for _, expected in pieces])

    def declares(self):
        name, value = self.name(), self.random.randrange(1000)
        code, expected = self.random.choice(
            [
                (f"const {name}: number = {value}; {name} + 1", str(value + 1)),
                (f"let {name} = Array.from({{ length: {value} }}, (_, i) => i); {name}.length", str(value)),
                (f"function {name}(x: number): number {{ return x + {value} }}\n{name}(1)", str(value + 1)),
                (f"class {name} {{ private v = {value}; get(): number {{ return this.v }} }}\nnew {name}().get()", str(value)),
                (f"interface Shape{value % NAMES} {{ a: number }}\nconst {name}: Shape{value % NAMES} = {{ a: {value} }}; {name}", f"{{ a: {value} }}"),
                (f"const {{ a: {name} }} = {{ a: {value} }}; {name}", str(value)),
            ]
        )
        mark, text = marks(self.number, 2)
        self.run(mark + code, [text, ("execute_result", expected)])

    def fails(self):
        mark, text = marks(self.number, self.random.choice([1, 30]))
        ename = self.random.choice(["Error", "TypeError", "RangeError"])
        wait = self.random.choice(["", "await 0; ", "await new Promise((r) => setTimeout(r, 2)); "])
        code = f"function deep{self.number % NAMES}(): never {{ throw new {ename}('no {self.number}') }}\n{mark}{wait}deep{self.number % NAMES}()"
        self.run(code, [text, ("error", ename, f"no {self.number}")], "error")

    def does_not_parse(self):
        ran = self.session.run(f"let broken{self.number} = ;", timeout=30)
        (_, ename, evalue), = said(ran.messages)
        self.check(ran, [("error", "SyntaxError", evalue)], "error")
        assert ename == "SyntaxError"

    def shows(self):
        mark, text = marks(self.number, 2)
        code = f"const shown = display('first {self.number}', {{ id: 'd{self.number % 10}' }});\n{mark}shown.update({{ n: {self.number} }});\nundefined"
        self.run(code, [("display_data", f"'first {self.number}'"), text, ("update_display_data", f"{{ n: {self.number} }}")])

    def clears(self):
        mark, text = marks(self.number, 2)
        self.run(f"{mark}clearOutput(true);\n{mark}", [text, ("clear_output", True), text])

    def awaits(self):
        count = self.random.randint(1, 4)
        code = f"for (let k = 0; k < {count}; k++) {{ console.log('#{self.number}.' + k); await new Promise((r) => setTimeout(r, 1)); }}\ntotal += {count};\ntotal > 0"
        lines = "".join(f"#{self.number}.{k}\n" for k in range(count))
        self.run(code, [("stdout", lines), ("execute_result", "true")])

    def prints_later(self):
        mark, text = marks(self.number, 3)
        delay = self.random.choice([0, 5, 30])
        msg_id = self.session.execute(f"setTimeout(() => {{ {mark} }}, {delay}); undefined")
        self.check_late(self.session.finish(msg_id), [text])

    def fails_later(self):
        how = self.random.choice(["setTimeout(() => { throw e }, 5)", "void (async () => { await 0; throw e })()", "Promise.reject(e)"])
        msg_id = self.session.execute(f"{{ const e = new Error('late {self.number}'); {how}; }}\nundefined")
        self.check_late(self.session.finish(msg_id), [("error", "Error", f"late {self.number}")])

    def is_unseen(self):
        mark, text = marks(self.number, 2)
        if self.random.random() < 0.5:
            ran = self.session.run(f"{mark}total + {self.number}", silent=True)
            assert ran.status == "ok" and said(ran.messages) == []
        else:
            ran = self.session.run(mark, store_history=False, user_expressions={"a": "total >= 0", "b": "nobody"})
            self.check(ran, [text], stored=False)
            assert ran.content["user_expressions"]["a"]["data"]["text/plain"] == "true"
            assert ran.content["user_expressions"]["b"]["ename"] == "ReferenceError"

    def is_compiled(self):
        self.run(f"enum Color{self.number % NAMES} {{ Red, Green = {self.number} }}\nColor{self.number % NAMES}.Green", [("execute_result", str(self.number))])

    def imports(self):
        self.run("import { join } from 'node:path'; const os = await import('node:os'); join('a', 'b')", [("execute_result", "'a/b'")])

    def talks(self):
        mark, text = marks(self.number, 1)
        code = f"const mine = openComm('front', {{ n: {self.number} }});\n{mark}mine.send({{ n: 1 }}, {{ buffers: [new Uint8Array([1, 2, 3])] }}); mine.close(); undefined"
        self.run(code, [("comm_open", {"n": self.number}, []), text, ("comm_msg", {"n": 1}, [b"\1\2\3"]), ("comm_close", {}, [])])

    def is_talked_to(self):
        buffers = [self.random.randbytes(self.random.choice([0, 10, 10_000])) for _ in range(self.random.randrange(3))]
        ids = [self.comm("comm_msg", {"comm_id": "c", "data": {"k": k}}, buffers) for k in range(self.random.randint(1, 5))]
        for k, msg_id in enumerate(ids):
            assert said(self.session.until_idle(msg_id)) == [("comm_msg", {"k": k}, buffers)]

    def asks(self):
        msg_id = self.session.execute(f"input('{self.number}? ')", allow_stdin=True)
        asked = self.session.client.stdin_channel.get_msg(timeout=10)
        assert asked["content"]["prompt"] == f"{self.number}? "
        self.session.client.input("an answer")
        self.check(self.session.finish(msg_id), [("execute_result", "'an answer'")])

    def fails_with_cells_behind(self):
        first = self.session.execute(f"await 0; throw new Error('stop {self.number}')")
        behind = [self.session.execute("'must not run'") for _ in range(2)]
        self.check(self.session.finish(first), [("error", "Error", f"stop {self.number}")], "error")
        for msg_id in behind:
            ran = self.session.finish(msg_id)
            assert said(ran.messages) in ([], [("execute_result", "'must not run'")])
            if ran.status == "ok":  # it came after the failure was told, and is a new beginning
                self.count += 1

    def is_asked_about(self):
        mark, text = marks(self.number, 3)
        cell = self.session.execute(f"{mark}await new Promise((r) => setTimeout(r, 3)); undefined")
        kind, content = self.random.choice(
            [
                ("complete_request", {"code": "Math.hyp", "cursor_pos": 8}),
                ("inspect_request", {"code": "total", "cursor_pos": 3}),
                ("is_complete_request", {"code": "if (true) {"}),
                ("history_request", {"hist_access_type": "tail", "n": 3}),
                ("comm_info_request", {}),
                ("kernel_info_request", {}),
            ]
        )
        channel = self.random.choice(["shell", "control"]) if kind == "kernel_info_request" else "shell"
        asked = self.session.send(kind, content, channel)
        self.check(self.session.finish(cell), [text])
        answer = self.session.finish(asked, channel, timeout=60)
        assert said(answer.messages) == []
        assert answer.reply["msg_type"] == kind.replace("request", "reply")

    def is_interrupted(self):
        stuck = self.random.choice(
            [
                "while (true) {}",
                "await new Promise(() => {})",
                "await 0; while (true) {}",
                "setTimeout(() => { while (true) {} }, 1); await new Promise(() => {})",
                "for (;;) await new Promise((r) => setTimeout(r, 1))",
                "[3, 2, 1].sort(() => { while (true) {} })",
            ]
        )
        mark, text = marks(self.number, 2)
        msg_id = self.session.execute(f"{mark}total++; {stuck}")
        first = self.session.published(lambda m: m["parent_header"].get("msg_id") == msg_id and m["msg_type"] == "stream")
        for _ in range(self.random.choice([1, 1, 1, 2])):
            self.session.send("interrupt_request", channel="control")
        ran = self.session.finish(msg_id)
        ran.messages.insert(2, first)
        assert ran.error["ename"] == "Interrupted", (stuck, ran.error)
        expected = [text, ("error", "Interrupted", ran.error["evalue"])]
        self.check(ran, expected, "error")
        self.forget_controls()
        self.run(f"total + {self.number} > 0", [("execute_result", "true")])

    def forget_controls(self):
        """Interrupts are answered on control between a busy and an idle of their own."""
        answer = self.session.ask("kernel_info_request", channel="control")
        assert answer.status == "ok"
        self.session.replies["control"] = [
            m for m in self.session.replies["control"] if m["msg_type"] != "interrupt_reply"
        ]
        self.session.iopub = [
            m for m in self.session.iopub if m["parent_header"].get("msg_type") != "interrupt_request"
        ]
