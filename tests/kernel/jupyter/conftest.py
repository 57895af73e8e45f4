"""
Kernels for tests. `npm test` has the wheel installed, with its kernelspec; while developing, ESTIMAND_KERNEL_MAIN names
the kernel's compiled entry (kernel/dist/jupyter/main.js), run by the `node` on the PATH.
"""

import json
import os
import tempfile
from pathlib import Path

import pytest
from kernel_client import KERNEL, kernel

MAIN = os.environ.get("ESTIMAND_KERNEL_MAIN")

if MAIN:
    folder = Path(tempfile.mkdtemp(prefix="kernelspec-"))
    spec = folder / "kernels" / KERNEL
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps(
            {
                "argv": ["node", MAIN, "{connection_file}"],
                "display_name": "TypeScript (Estimand)",
                "language": "typescript",
                "interrupt_mode": "message",
            }
        )
    )
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("JUPYTER_PATH")]))


@pytest.fixture(scope="module")
def notebook_folder(tmp_path_factory):
    """The folder the module's kernel runs in."""
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def shared(notebook_folder):
    """One kernel for the tests of a module that leave it usable."""
    with kernel(cwd=notebook_folder) as session:
        yield session


@pytest.fixture
def fresh(tmp_path):
    """A kernel for one test."""
    with kernel(cwd=tmp_path) as session:
        yield session
