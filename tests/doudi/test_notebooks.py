"""The notebooks are kept without output, and their runner tells which cell stays silent."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).parents[2] / "notebooks"

pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    pytest.importorskip("nbclient")
    spec = importlib.util.spec_from_file_location("notebooks_run", HERE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed(text: str, name: str = "stdout") -> SimpleNamespace:
    return SimpleNamespace(output_type="stream", name=name, text=text)


def notebook(*cells: tuple[str, list[SimpleNamespace]]) -> SimpleNamespace:
    """Executed code cells, named by their place."""
    made = [
        SimpleNamespace(cell_type="code", id=f"cell-{number}", source=source, outputs=outputs)
        for number, (source, outputs) in enumerate(cells)
    ]
    return SimpleNamespace(cells=[SimpleNamespace(cell_type="markdown", source="words"), *made])


def test_every_silent_expression_is_named_even_where_others_speak(runner: ModuleType) -> None:
    value = SimpleNamespace(output_type="execute_result")
    made = notebook(
        ("1 + 1", [value]), ("a = 1", []), ("None", []), ("print('x')", [printed("x\n")])
    )
    assert runner.silent_cells(made) == ["cell-2"]


def test_a_warning_alone_shows_nothing(runner: ModuleType) -> None:
    made = notebook(("lead", [printed("deprecated\n", "stderr")]), ("print()", [printed("\n")]))
    assert runner.silent_cells(made) == ["cell-0", "cell-1"]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_committed_notebook_carries_no_output(path: Path) -> None:
    whole = json.loads(path.read_text("utf-8"))
    cells = [cell for cell in whole["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 2
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


@pytest.mark.parametrize("path", sorted(HERE.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_promises_no_leads_of_a_part(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"`doudi detect --(detector|household) [^`]*` makes leads", text)
