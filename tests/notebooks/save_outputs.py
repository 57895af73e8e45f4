"""Run the notebooks and save them with their outputs, as they are committed: GitHub then shows the pictures.

    pip install pillow==13.0.0
    python tests/notebooks/save_outputs.py

in the environment that `npm start` makes. The PNGs are cut to 256 colours, which the eye does not notice and which
makes them a third as large; times and kernel versions are left out, so that the next run differs only where results do.
"""

import base64
import io
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def small_png(data):
    """The same picture with at most 256 colours, base64 in and out."""
    picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    out = io.BytesIO()
    picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


for path in sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    metadata = {key: notebook.metadata[key] for key in ("kernelspec", "language_info")}
    NotebookClient(notebook, kernel_name="estimand", resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    notebook.metadata = metadata
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = small_png(output.data["image/png"])
    nbformat.write(notebook, path)
    print(path.name, path.stat().st_size)
