"""Windows cannot replace a process, so the kernel is a child here, and the two end together.

Jupyter hands down two handles: JPY_PARENT_PID, a handle (not an id) of the process that started the kernel, and
JPY_INTERRUPT_EVENT, which it sets to interrupt. We interrupt by message, so the second needs nothing. The first is
watched here, and the child is told our own process id, which it watches as it does elsewhere.
"""

import os
import subprocess
import threading


def run(command):
    """Run the kernel to its end and return its exit code."""
    parent = os.environ.get("JPY_PARENT_PID")
    environment = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
    child = subprocess.Popen(command, env=environment)
    if parent is not None:
        threading.Thread(target=_end_with, args=(int(parent), child), daemon=True).start()
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the console's Ctrl-C is for the server, not for the kernel


def _end_with(handle, child):
    """Wait until the process behind `handle` is gone, then end the child."""
    import ctypes

    infinite = 0xFFFFFFFF  # INFINITE of WaitForSingleObject
    if ctypes.windll.kernel32.WaitForSingleObject(ctypes.c_void_p(handle), infinite) == 0:  # WAIT_OBJECT_0
        child.terminate()
