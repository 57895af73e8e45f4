"""
Runs cells at random in one kernel: reads a plan on stdin, {"argv", "cells", "every", "seed", "probe", "folder"}; writes
a JSON line for each thread's heap after collection, every so many cells, and one at the end. Ends with 1 where anything
was lost or out of order.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[2] / "kernel" / "jupyter"))
import kernel_client  # noqa: E402
from random_cells import RandomCells  # noqa: E402

# By whether it is the wire's process, and whether it is its main thread.
THREADS = {(True, True): "wire", (True, False): "checker", (False, True): "engine", (False, False): "guard"}
PATIENCE = 60  # for a thread to collect its garbage: the checker may be at work


def install(plan):
    """A kernelspec of our own, under the name the client asks for."""
    spec = Path(plan["folder"]) / "kernels" / kernel_client.KERNEL
    spec.mkdir(parents=True, exist_ok=True)
    spec.joinpath("kernel.json").write_text(
        json.dumps({"argv": plan["argv"], "display_name": "x", "language": "typescript", "interrupt_mode": "message"})
    )
    os.environ["JUPYTER_PATH"] = plan["folder"]


class Probe:
    """Asks every thread of the kernel for its heap, through probe.cjs."""

    def __init__(self, plan, session):
        self.file = Path(plan["folder"]) / "probe.jsonl"
        self.session = session
        self.read = 0

    def processes(self):
        root = psutil.Process(self.session.manager.provisioner.process.pid)
        return [p for p in [root, *root.children(recursive=True)] if Path(p.exe()).stem == "node"]

    def sample(self):
        processes = self.processes()
        for process in processes:
            process.send_signal(signal.SIGUSR2)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            lines = self.file.read_text().splitlines()[self.read :] if self.file.exists() else []
            found = [json.loads(line) for line in lines]
            if len(found) == len(THREADS):
                self.read += len(found)
                return {THREADS[one["pid"] == processes[0].pid, one["main"]]: one for one in found}
            time.sleep(0.05)
        raise AssertionError(f"the kernel's threads did not tell their memory; there were {lines}")


def tell(**what):
    print(json.dumps(what), flush=True)


def renew(session, done):
    """
    Let the checker begin with a program anew, as it does when a package is imported for the first time: what it has
    learnt of up to 500 texts is as much as what could be lost in a thousand, and would hide that.
    """
    code = f"import 'nobody-{done}';\ntotal"
    session.ask("inspect_request", {"code": code, "cursor_pos": len(code), "detail_level": 0}, timeout=60)


def main(plan):
    install(plan)
    folder = Path(plan["folder"])
    (folder / "probe.jsonl").unlink(missing_ok=True)
    env = {
        **os.environ,
        "NODE_OPTIONS": f"--expose-gc --require {json.dumps(plan['probe'])}",
        "ESTIMAND_PROBE": str(folder / "probe.jsonl"),
    }
    begin = time.monotonic()
    with kernel_client.kernel(cwd=folder, env=env) as session:
        session.ask("complete_request", {"code": "Math.", "cursor_pos": 5}, timeout=60)  # starts the checker
        cells = RandomCells(session, plan["seed"])
        probe = Probe(plan, session)
        for done in range(plan["cells"] + 1):
            if done % plan["every"] == 0:
                cells.settle()
                renew(session, done)
                for thread, sample in probe.sample().items():
                    tell(thread=thread, cells=done, heap=sample["heap"], external=sample["external"], rss=sample["rss"])
            if done < plan["cells"]:
                try:
                    cells.step()
                except BaseException:
                    print(f"at cell {cells.number}", file=sys.stderr)
                    raise
        tell(done=True, ran=cells.ran, seconds=time.monotonic() - begin)


if __name__ == "__main__":
    main(json.load(sys.stdin))
