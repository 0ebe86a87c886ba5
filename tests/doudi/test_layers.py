"""What the import contracts list is what there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.checkout


def test_rooms_may_import_no_module_in_front_of_them() -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = whole["tool"]["importlinter"]["contracts"][-1]
    rooms = set(whole["tool"]["setuptools"]["package-dir"])
    modules = {f"doudi.{path.stem}" for path in ROOT.glob("doudi/*.py")} - {"doudi.__init__"}
    assert set(contract["source_modules"]) == rooms
    assert set(contract["forbidden_modules"]) == modules
