"""Run every notebook on the synthetic county and refuse one that fails or stays silent.

Run by ``make notebooks``. Executed copies and pages go to ``build/notebooks``; the committed
notebooks carry no output. One home is made for all of them, and nothing is left running.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "build" / "notebooks"


def execute(path: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs.

    Raises:
        SystemExit: if a code cell that ends in an expression shows nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    if not shown:
        sys.exit(f"{path.name} shows nothing")
    return notebook


def main() -> None:
    """Make a home with the demo, run the notebooks in it, write their pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="doudi-notebooks-") as name:
        os.environ["DOUDI_HOME"] = str(Path(name) / "home")
        doudi = [sys.executable, "-m", "doudi"]
        subprocess.run([*doudi, "demo"], check=True)
        try:
            for path in sorted(HERE.glob("*.ipynb")):  # three notebooks, one after the other
                notebook = execute(path, Path(name))
                nbformat.write(notebook, OUT / path.name)
                page, _ = HTMLExporter().from_notebook_node(notebook)
                (OUT / path.with_suffix(".html").name).write_text(page, "utf-8")
                sys.stdout.write(f"{path.name}: {len(notebook.cells)} cells\n")
        finally:
            subprocess.run([*doudi, "neo4j", "down"], check=False)


if __name__ == "__main__":
    main()
