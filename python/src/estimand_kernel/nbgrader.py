"""nbgrader for TypeScript: two lines in a course's `nbgrader_config.py` (docs/nbgrader.md).

from estimand_kernel.nbgrader import configure
configure(get_config())
"""

STUB = "// YOUR CODE HERE\nthrow new Error('There is no answer here yet.');"


def configure(config):
    """Say what stands in a student's notebook where the solution was; other languages and settings stay as they are.

    Call it after other lines that set `ClearSolutions.code_stub`.
    """
    from nbgrader.preprocessors import ClearSolutions

    # nbgrader takes only a whole dictionary: one that is updated it mistakes for the setting of its first versions.
    stubs = ClearSolutions.class_traits()["code_stub"].default()
    configured = config.ClearSolutions.get("code_stub", {})
    config.ClearSolutions.code_stub = {**stubs, "typescript": STUB, **configured}
