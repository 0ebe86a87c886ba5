"""Run every notebook on the synthetic county and refuse one that fails or stays silent.

Run by ``make notebooks``. Executed copies and pages go to ``build/notebooks``; the committed
notebooks carry no output. One home is made for all of them, and nothing is left running.
"""

from __future__ import annotations

import ast
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
    silent = silent_cells(notebook)
    if silent:
        sys.exit(f"{path.name}: nothing is shown by {', '.join(silent)}")
    return notebook


def silent_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """Ids of the code cells that end in an expression and show nothing."""
    return [
        cell.id
        for cell in notebook.cells
        if cell.cell_type == "code" and _ends_in_an_expression(cell.source) and not _shows(cell)
    ]


def _ends_in_an_expression(source: str) -> bool:
    body = ast.parse(source).body
    return bool(body) and isinstance(body[-1], ast.Expr)


def _shows(cell: nbformat.NotebookNode) -> bool:
    """Whether there is a value, a picture or printed text; a warning alone is none."""
    return any(
        output.output_type in {"execute_result", "display_data"}
        or (output.output_type == "stream" and output.name == "stdout" and output.text.strip())
        for output in cell.outputs
    )


def main() -> None:
    """Make a home with the demo, run the notebooks in it, write their pages."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="doudi-notebooks-") as name:
        os.environ["DOUDI_HOME"] = str(Path(name) / "home")
        doudi = [sys.executable, "-m", "doudi"]
        subprocess.run([*doudi, "demo"], check=True)
        try:
            subprocess.run([*doudi, "neo4j", "up"], check=True)  # one start for all of them
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
