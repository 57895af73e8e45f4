"""nbgrader: a course is made, handed out, graded and returned, with the points its tests say."""

import html
import json
import re
import shutil
import sqlite3
import sys
import textwrap
from pathlib import Path

import pytest
from front_end import KERNELSPEC, ROOT, FrontEnd, texts
from nbformat.v4 import new_code_cell, new_markdown_cell

STUDENTS = ("ada", "boris", "chen", "dana", "emil")

# As the wheel brings it, to be copied into the course's folder.
CONFIGURATION = Path(sys.prefix, "share", "estimand", "nbgrader_config.py")


def nbgrader(grade_id, *, points=None, solution=False, locked=False, task=False):
    """The metadata that nbgrader's toolbar writes into a cell."""
    grade = points is not None
    fields = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": task,
    }
    return {"nbgrader": {**fields, "points": points} if grade else fields}


def answer(grade_id, source):
    """A cell the student fills."""
    return new_code_cell(source, metadata=nbgrader(grade_id, solution=True))


def check(grade_id, points, source):
    """A cell that gives points."""
    return new_code_cell(source, metadata=nbgrader(grade_id, points=points, locked=True))


SOURCE = [
    new_markdown_cell("# Means", metadata=nbgrader("title", locked=True)),
    answer(
        "mean",
        "function mean(xs: readonly number[]): number {\n  // BEGIN SOLUTION\n"
        "  return xs.reduce((a, b) => a + b, 0) / xs.length;\n  // END SOLUTION\n}",
    ),
    check(
        "mean-test",
        2,
        "import assert from 'node:assert/strict';\nassert.equal(mean([1, 2, 3]), 2);\n"
        "// BEGIN HIDDEN TESTS\nassert.equal(mean([5]), 5);\nassert.ok(Number.isNaN(mean([])), 'the mean of nothing');\n// END HIDDEN TESTS",
    ),
    answer("variance", "const variance = (xs: number[]) => mean(xs.map((x) => (x - mean(xs)) ** 2));"),
    # Partial credit: the cell's value is the number of points.
    check(
        "variance-test",
        3,
        "const checks = [variance([1, 1]) === 0, variance([0, 2]) === 1, Math.abs(variance([1, 2, 4]) - 14 / 9) < 1e-12];\n"
        "checks.filter(Boolean).length",
    ),
    # The library: a figure with text, progress and warnings must cost nothing.
    answer(
        "fit",
        "import { mle, model, normal } from 'estimand';\nconst fit = await mle(model().data({ y: [1, 2, 3] })"
        ".parameters({ mu: normal(0, 10) }).observe(({ mu }) => ({ y: normal(mu, 1) })));",
    ),
    check(
        "fit-test",
        1,
        "process.emitWarning('a warning of Node');\nconsole.log('checking');\ndisplay(fit);\n"
        "assert.ok(Math.abs(fit.estimates.mu - 2) < 1e-6);",
    ),
    new_markdown_cell("Explain in words.", metadata=nbgrader("words", points=4, solution=True)),
]

# What each student hands in: cells by their name, and what else happens.
SUBMISSIONS = {
    "ada": {  # everything right, in other ways, with type errors and much text on stdout
        "mean": "function mean(xs: readonly number[]): number {\n  let sum: string = 0;\n  for (const x of xs) sum += x;\n"
        "  console.log('mean of', xs);\n  return sum / xs.length;\n}",
        "variance": "enum Kind { Population }\nconst variance = (xs: number[]) => xs.map((x) => (x - mean(xs)) ** 2)"
        ".reduce((a, b) => a + b) / (xs.length - Kind.Population);",
        "fit": SOURCE[5].source,
        "words": "Because.",
    },
    "boris": {  # half: the mean of nothing is 0, two of three variances
        "mean": "function mean(xs: readonly number[]): number {\n  return xs.length && xs.reduce((a, b) => a + b, 0) / xs.length;\n}",
        "variance": "const variance = (xs: number[]) => (xs.length > 2 ? 0 : mean(xs.map((x) => (x - mean(xs)) ** 2)));",
        "fit": SOURCE[5].source,
    },
    "chen": {},  # nothing filled in
    "dana": {  # cells that fail: a syntax error, an endless loop, an error from the student's own lines
        "mean": "function mean(xs {",
        "variance": "function variance(xs: number[]): number { while (true) {} }",
        "fit": "const fit = JSON.parse('{');",
    },
    "emil": {  # right, but a graded cell writes to console.error
        "mean": "function mean(xs: readonly number[]): number {\n  console.error('called');\n"
        "  return xs.reduce((a, b) => a + b, 0) / xs.length;\n}",
        "variance": "const variance = () => 3;",
        "fit": SOURCE[5].source,
    },
}

# mean, variance, fit; the words are for a person. `chen` answered nothing.
POINTS = {
    "ada": {"mean-test": 2, "variance-test": 3, "fit-test": 1, "words": None},
    "boris": {"mean-test": 0, "variance-test": 2, "fit-test": 1, "words": 0},
    "chen": {"mean-test": 0, "variance-test": 0, "fit-test": 0, "words": 0},
    "dana": {"mean-test": 0, "variance-test": 0, "fit-test": 0, "words": 0},
    # nbgrader's own rule: text on stderr in a graded cell is an error.
    "emil": {"mean-test": 0, "variance-test": 0, "fit-test": 1, "words": 0},
}


class Course:
    """A course's folder through one term: each step once, for all tests of this file."""

    def __init__(self, front_end):
        self.front_end = front_end
        shutil.copy(CONFIGURATION, front_end.folder)
        front_end.write("source/one/means.ipynb", *SOURCE)
        self.generated = self.nbgrader("generate_assignment", "one")
        self.release = front_end.read("release/one/means.ipynb")
        for student in STUDENTS:
            self.submit(student)
        self.graded = self.nbgrader("autograde", "one", "--Execute.timeout=10")
        self.returned = self.nbgrader("generate_feedback", "one")

    def nbgrader(self, *arguments):
        return self.front_end.run("nbgrader", *arguments)

    def submit(self, student):
        """Copy the released notebook, fill the student's cells, put it where `nbgrader collect` would."""
        notebook = self.front_end.read("release/one/means.ipynb")
        for cell in notebook.cells:
            name = cell.metadata.nbgrader.grade_id
            cell.source = SUBMISSIONS[student].get(name, cell.source)
        name = f"submitted/{student}/one/means.ipynb"
        self.front_end.write(name)
        (self.front_end.folder / name).write_text(json.dumps(notebook))

    def points(self, student):
        """The points of each graded cell, as the gradebook has them: None where a person has to look."""
        query = """
            select base_cell.name, grade.auto_score, grade.needs_manual_grade from grade
            join base_cell on base_cell.id = grade.cell_id
            join submitted_notebook on submitted_notebook.id = grade.notebook_id
            join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
            where submitted_assignment.student_id = ?"""
        database = sqlite3.connect(self.front_end.folder / "gradebook.db")
        try:
            rows = database.execute(query, (student,)).fetchall()
        finally:
            database.close()
        return {name: None if manual else score for name, score, manual in rows}

    def cell(self, student, name, stage="autograded"):
        """A student's cell after a stage."""
        cells = self.front_end.read(f"{stage}/{student}/one/means.ipynb").cells
        return next(cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)

    def feedback(self, student):
        """The page that goes back to the student."""
        return (self.front_end.folder / f"feedback/{student}/one/means.html").read_text()


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, with everything graded and returned."""
    front_end = FrontEnd(tmp_path_factory.mktemp("course"))
    yield Course(front_end)
    assert front_end.left_behind() == []


def released(course, name):
    return next(cell for cell in course.release.cells if cell.metadata.nbgrader.grade_id == name)


def test_the_released_notebook_has_stubs_in_the_place_of_solutions(course):
    stub = "// YOUR CODE HERE\nthrow new Error('There is no answer here yet.');"
    indented = "\n".join(f"  {line}" for line in stub.split("\n"))
    assert released(course, "mean").source == f"function mean(xs: readonly number[]): number {{\n{indented}\n}}"
    assert released(course, "variance").source == stub
    assert released(course, "words").source == "YOUR ANSWER HERE"
    assert "mean of nothing" not in json.dumps(course.release), "hidden tests are hidden"
    assert course.release.metadata.kernelspec == KERNELSPEC


def test_graded_cells_are_locked(course):
    assert released(course, "mean-test").metadata.deletable is False
    assert released(course, "mean-test").metadata.editable is False


@pytest.mark.parametrize("student", STUDENTS)
def test_the_points_are_right(course, student):
    assert course.points(student) == POINTS[student]


def test_hidden_tests_come_back_for_grading(course):
    assert "assert.equal(mean([5]), 5)" in course.cell("ada", "mean-test").source
    assert "mean of nothing" in course.cell("boris", "mean-test").outputs[0].evalue


def test_checks_that_pass_show_nothing(course):
    assert all(
        output.output_type == "stream" and output.name == "stdout" for output in course.cell("ada", "mean-test").outputs
    )


def test_partial_credit_is_the_value_of_the_cell(course):
    assert texts(course.cell("boris", "variance-test")) == ["2"]


def test_figures_progress_and_warnings_cost_nothing(course):
    cell = course.cell("ada", "fit-test")
    assert [output.output_type for output in cell.outputs] == ["stream", "display_data"]
    assert "mu" in cell.outputs[1].data["text/plain"]


def test_an_endless_loop_is_interrupted_and_later_cells_are_graded(course):
    errors = [output.ename for output in course.cell("dana", "variance-test").outputs if output.output_type == "error"]
    assert errors[0] in ("Interrupted", "CellTimeoutError")
    assert course.cell("dana", "fit-test").outputs, "it ran"


def test_an_empty_answer_says_so(course):
    errors = [output.evalue for output in course.cell("chen", "mean-test").outputs if output.output_type == "error"]
    assert errors == ["There is no answer here yet."]


@pytest.mark.parametrize("student", STUDENTS)
def test_the_page_for_the_student_has_score_code_and_outputs(course, student):
    page = html.unescape(re.sub(r"<[^>]+>", "", course.feedback(student)))
    score = sum(points or 0 for points in POINTS[student].values())
    assert f"(Score: {score:.1f} / 10.0)" in " ".join(page.split())
    assert "function mean" in page
    assert "Explain in words." in page or "YOUR ANSWER HERE" in page or "Because." in page


def test_the_page_has_the_tracebacks_in_the_students_lines(course):
    page = html.unescape(re.sub(r"<[^>]+>", "", course.feedback("boris")))
    assert "the mean of nothing" in page
    assert "AssertionError" in page


def test_grading_again_gives_the_same_points(course):
    course.nbgrader("autograde", "one", "--student", "ada", "--force")
    assert course.points("ada") == POINTS["ada"]


def test_a_student_can_validate_before_handing_in(course):
    folder = course.front_end.folder / "validate"
    folder.mkdir()
    shutil.copy(course.front_end.folder / "release/one/means.ipynb", folder)
    told = course.nbgrader("validate", "validate/means.ipynb").stdout
    assert "VALIDATION FAILED" in told.upper()
    assert "There is no answer here yet." in told
    shutil.copy(course.front_end.folder / "source/one/means.ipynb", folder)
    assert "Success! Your notebook passes all the tests." in course.nbgrader("validate", "validate/means.ipynb").stdout


GRADE = """
import sys, nbformat
from nbgrader.utils import determine_grade
for cell in nbformat.read("graded.ipynb", as_version=4).cells:
    try:
        print(*determine_grade(cell))
    except ValueError as error:
        print(error)
"""


def test_values_of_graded_cells_count_as_the_documentation_says(front_end):
    cells = {
        "1.5": "1.5 2.0",
        "0": "0.0 2.0",
        "3": "partial credit cannot be greater than maximum points for cell",
        "false": "2.0 2.0",
        "'text'": "2.0 2.0",
        "console.log('text')": "2.0 2.0",
        "console.warn('text')": "0 2.0",
        "Promise.reject(new Error('no')); undefined": "0 2.0",
        "process.emitWarning('text'); const wrong: number = 'text';": "2.0 2.0",
        "display([{ a: 1 }]); import { html } from 'estimand'; html`<b>bold</b>`": "2.0 2.0",
        "let x = ;": "0 2.0",
        "[1.25]": "2.0 2.0",
    }
    front_end.write("graded.ipynb", *(check(f"cell-{i}", 2, source) for i, source in enumerate(cells)))
    front_end.run("jupyter", "execute", "--allow-errors", "--inplace", "graded.ipynb")
    graded = front_end.run("python", "-c", GRADE).stdout.splitlines()
    assert dict(zip(cells, graded, strict=True)) == cells


def test_the_documentation_shows_what_is_tried_here():
    text = (ROOT / "docs" / "nbgrader.md").read_text()
    (configuration,) = re.findall(r"   ```python\n(.*?)   ```", text, re.DOTALL)
    assert textwrap.dedent(configuration) == CONFIGURATION.read_text().split("\n", 1)[1]
    answer_cell, test_cell, partial_cell = re.findall(r"^```ts\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert answer_cell.strip() == SOURCE[1].source
    assert set(test_cell.splitlines()) <= set(SOURCE[2].source.splitlines())
    assert partial_cell.strip() == SOURCE[4].source.replace("checks", "right")
    assert "There is no answer here yet." in text


def test_the_configuration_keeps_other_languages_and_the_teachers_own_words(front_end):
    code = """
from traitlets.config import Config
from nbgrader.preprocessors import ClearSolutions
from estimand_kernel.nbgrader import configure, STUB
plain = Config(); configure(plain)
assert ClearSolutions(config=plain).code_stub == {**ClearSolutions().code_stub, "typescript": STUB}
own = Config(); own.ClearSolutions.code_stub = {"typescript": "// mine", "q": "/ q"}; configure(own)
stubs = ClearSolutions(config=own).code_stub
assert (stubs["typescript"], stubs["q"], stubs["python"]) == ("// mine", "/ q", ClearSolutions().code_stub["python"])
"""
    done = front_end.run("python", "-c", code)
    assert (done.stdout, done.stderr) == ("", "")
