"""The engines under test, and what tslab is known not to do."""

import json
import os
import re
from contextlib import contextmanager
from pathlib import Path

ENGINES = ("repl", "tslab")

#: [{ "cannot": what, in words, "tests": ["test_file.py::test_name", …] }]; a name stands for all its parameters.
LIST = json.loads((Path(__file__).parent / "tslab-cannot.json").read_text())
REASONS = {test: entry["cannot"] for entry in LIST for test in entry["tests"]}


@contextmanager
def chosen(name):
    """Start kernels with this engine; None changes nothing."""
    before = os.environ.get("ESTIMAND_ENGINE")
    if name is not None:
        os.environ["ESTIMAND_ENGINE"] = name
    try:
        yield name
    finally:
        if name is not None:
            os.environ.pop("ESTIMAND_ENGINE")
            if before is not None:
                os.environ["ESTIMAND_ENGINE"] = before


def cannot(item):
    """Why a test must fail, or None where it must pass."""
    engine = item.callspec.params.get("engine") if hasattr(item, "callspec") else getattr(item.cls, "engine", None)
    if engine != "tslab":
        return None
    name = "::".join(item.nodeid.split("::")[1:])  # test_name[tslab-parameters], or Class::test_name
    exact = re.sub(r"\[tslab-(.*)\]$", r"[\1]", name)
    file = item.path.name
    return REASONS.get(f"{file}::{exact}", REASONS.get(f"{file}::{name.split('[')[0]}"))
