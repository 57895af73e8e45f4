"""The README's code runs as it stands, in the kernel it is written for."""

import re

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def test_every_cell_of_the_readme_runs(root):
    cells = re.findall(r"^```ts\n(.*?)^```", (root / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert cells
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="estimand", timeout=300).execute()
    (result,) = [output for output in notebook.cells[-1].outputs if output.output_type == "execute_result"]
    assert "application/vnd.estimand.posterior.v1+json" in result.data
    assert result.data["image/png"]
    assert re.search(r"^\s*tau\b", result.data["text/plain"], re.MULTILINE)
