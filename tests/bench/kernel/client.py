"""
Measures kernels in turn through jupyter_client: reads a plan (plan.ts) on stdin, writes one JSON line a sample:
{"row": …, "kernel": …, "value": milliseconds or megabytes, "passed": whether all that was expected came in time}.
"""

import json
import os
import sys
import time
from pathlib import Path
from queue import Empty

import zmq
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

SECONDS = 20  # a request that takes longer counts as lost
LINGER = 0.3  # how long output may come after idle before the next sample begins


def now():
    return time.perf_counter()


class Lost(Exception):
    """A reply, or idle, that did not come."""


class Kernel:
    """One running kernel and its client. Times begin with the sending of a request."""

    def __init__(self, plan, folder, cwd):
        self.plan = plan
        # Ports that do not listen yet are tried again every 5 ms, not 100: else this would be most of a start.
        context = zmq.Context()
        context.setsockopt(zmq.RECONNECT_IVL, 5)
        context.setsockopt(zmq.LINGER, 0)
        specs = KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False)
        self.manager = KernelManager(kernel_name=plan["name"], kernel_spec_manager=specs, context=context)
        self.begin = now()
        self.log = Path(cwd) / f"{plan['name']}.log"
        with self.log.open("a") as log:
            self.manager.start_kernel(cwd=str(cwd), stdout=log, stderr=log)
        self.client = self.manager.client()
        self.client.start_channels(hb=False)

    def send(self, kind, content):
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def execute(self, code):
        return self.send(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
        )

    def messages(self, get, msg_id, seconds):
        """What comes in answer to a request, for so long; Lost at the end of that time."""
        end = now() + seconds
        while (left := end - now()) > 0:
            try:
                message = get(timeout=left)
            except Empty:
                break
            except ValueError as fault:
                self.malformed(fault)
                continue
            if message["parent_header"].get("msg_id") == msg_id:
                yield message
        raise Lost("no such message")

    def reply(self, msg_id, seconds=SECONDS):
        return next(self.messages(self.client.get_shell_msg, msg_id, seconds))["content"]

    def outputs(self, msg_id, until, seconds=SECONDS):
        """Messages of a request until one for which `until` holds; Lost where it does not come."""
        found = []
        for message in self.messages(self.client.get_iopub_msg, msg_id, seconds):
            found.append(message)
            if until(message):
                break
        return found

    def first_result(self):
        """Milliseconds from the start of the process to the first result a user sees."""
        self.reply(self.send("kernel_info_request", {}), 60)
        cell = self.plan["first"]
        while now() < self.begin + 60:
            # Output sent before the subscription has arrived is nobody's (Deno replies that soon): ask again at once.
            msg_id = self.execute(cell["code"])
            self.reply(msg_id)
            try:
                self.outputs(msg_id, lambda m: cell["expect"] in shown(m), 0.05)
                return 1e3 * (now() - self.begin)
            except Lost:
                continue
        raise Lost("no first result")

    def run(self, code):
        """Run a cell. Its milliseconds to both reply and idle, and its messages before idle."""
        begin = now()
        msg_id = self.execute(code)
        messages = self.outputs(msg_id, is_idle)
        content = self.reply(msg_id)
        return 1e3 * (now() - begin), messages, content["status"]

    def ask(self, kind, question):
        """Milliseconds to the reply, and the reply as text."""
        begin = now()
        content = {"code": question["code"], "cursor_pos": len(question["code"]) - question.get("back", 0)}
        reply = self.reply(self.send(kind, {**content, "detail_level": 0} if kind.startswith("inspect") else content))
        took = 1e3 * (now() - begin)
        wanted = reply.get("matches", []) if kind.startswith("complete") else " ".join(reply.get("data", {}).values())
        return took, question["expect"] in wanted

    def malformed(self, fault):
        """A message that fails its signature is lost output."""
        with self.log.open("a") as log:
            log.write(f"malformed message: {fault}\n")

    def quiet(self):
        """Take what comes late."""
        time.sleep(LINGER)
        for channel in (self.client.iopub_channel, self.client.shell_channel):
            while channel.msg_ready():
                try:
                    channel.get_msg(timeout=0)
                except ValueError as fault:
                    self.malformed(fault)

    def memory(self):
        """Megabytes (10⁶ bytes) of proportional set size, the launcher and all its descendants."""
        return sum(map(pss, family(self.manager.provisioner.pid))) / 1e3

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


def is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"


def shown(message):
    """All the text an output shows."""
    content = message["content"]
    if message["msg_type"] == "stream":
        return content["text"]
    return content["data"].get("text/plain", "") if "data" in content else ""


def family(pid):
    """A process and its descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                # The name stands in parentheses and may hold anything; the parent is the second field after it.
                parent = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            children.setdefault(int(parent), []).append(int(entry))
    found = [pid]
    for process in found:
        found += children.get(process, [])
    return found


def pss(pid):
    """Kilobytes (10³ bytes); 0 of a process that has just gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1.024
    except OSError:
        pass
    return 0


def report(row, kernel, value, passed):
    print(json.dumps({"row": row, "kernel": kernel, "value": value, "passed": passed}), flush=True)


def in_turn(kernels, turn):
    """The kernels, each round beginning with another."""
    at = turn % len(kernels)
    return kernels[at:] + kernels[:at]


def warmed(kernel, plan):
    """Ask until both kinds of question are answered as they should be (some never are), then a dozen of each."""
    kernel.run(plan["define"])
    for kind in ("complete", "inspect"):
        end = now() + 6
        while now() < end and not kernel.ask(f"{kind}_request", plan[kind][0])[1]:
            time.sleep(0.2)
        for question in plan[kind][:12]:
            kernel.ask(f"{kind}_request", question)


def starts(plans, folder, cwd, rounds):
    for turn in range(rounds):
        for plan in in_turn(plans, turn):
            kernel = Kernel(plan, folder, cwd)
            try:
                report("start", plan["name"], kernel.first_result(), True)
                report("memory at start", plan["name"], kernel.memory(), True)
            except Lost:
                report("start", plan["name"], None, False)
            finally:
                kernel.close()


def memory_warm(plans, folder, cwd, rounds):
    """One kernel at a time: two that share a Node would share its pages."""
    for turn in range(rounds):
        for plan in in_turn(plans, turn):
            kernel = Kernel(plan, folder, cwd)
            try:
                kernel.first_result()
                warmed(kernel, plan)
                report("memory warm", plan["name"], kernel.memory(), True)
            except Lost:
                report("memory warm", plan["name"], None, False)
            finally:
                kernel.close()


def together(plans, folder, cwd, rounds):
    """Warm kernels side by side, asked in turn."""
    kernels = []
    try:
        for plan in plans:
            kernel = Kernel(plan, folder, cwd)
            kernels.append(kernel)
            kernel.first_result()
            warmed(kernel, plan)
            for code in plan["warmup"]:
                kernel.run(code)
        for i in range(rounds["cells"]):
            for kernel in in_turn(kernels, i):
                cell = kernel.plan["distinct"][i]
                took, messages, status = kernel.run(cell["code"])
                passed = status == "ok" and any(cell["expect"] in shown(m) for m in messages)
                report("cells", kernel.plan["name"], took, passed)
        for kind, row in (("complete", "completion"), ("inspect", "inspection")):
            for i in range(rounds["questions"]):
                for kernel in in_turn(kernels, i):
                    questions = kernel.plan[kind]
                    report(row, kernel.plan["name"], *kernel.ask(f"{kind}_request", questions[i % len(questions)]))
        for row, wanted in (("lines", "".join(f"line {i}\n" for i in range(10_000))), ("display", "x" * 50_000_000)):
            for i in range(rounds[row]):
                for kernel in in_turn(list(kernels), i):
                    name = kernel.plan["name"]
                    try:
                        took, messages, _ = kernel.run(kernel.plan[row])
                        report(row, name, took, "".join(map(shown, messages)).strip() == wanted.strip())
                        kernel.quiet()
                    except Lost:
                        # It cannot be asked anything more; for the next row it begins anew.
                        report(row, name, None, False)
                        kernel.close()
                        kernels.remove(kernel)
            for plan in plans:
                if all(kernel.plan["name"] != plan["name"] for kernel in kernels):
                    kernel = Kernel(plan, folder, cwd)
                    kernels.append(kernel)
                    kernel.first_result()
    finally:
        for kernel in kernels:
            kernel.close()


def main():
    plan = json.load(sys.stdin)
    folder = Path(plan["folder"])
    cwd = folder / "notebooks"
    cwd.mkdir(parents=True, exist_ok=True)
    for kernel in plan["kernels"]:
        spec = folder / "specs" / kernel["name"]
        spec.mkdir(parents=True, exist_ok=True)
        content = {"argv": kernel["argv"], "env": kernel["env"], "display_name": kernel["name"], "language": "any"}
        (spec / "kernel.json").write_text(json.dumps(content))
    specs, kernels, rounds = folder / "specs", plan["kernels"], plan["rounds"]
    starts(kernels, specs, cwd, rounds["start"])
    memory_warm(kernels, specs, cwd, rounds["memory"])
    together(kernels, specs, cwd, rounds)


main()
