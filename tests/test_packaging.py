"""The package list, the map, the links and the tracked folders say the same."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUP = PROJECT["tool"]["setuptools"]
ROOMS = sorted(name.removeprefix("doudi.") for name in SETUP["packages"] if "." in name)


def test_every_room_is_in_the_package_list() -> None:
    found = sorted(p.parent.name for p in ROOT.glob("*/__init__.py") if p.parent.name != "doudi")
    assert found == ROOMS


def test_the_map_leads_each_room_to_its_folder() -> None:
    assert SETUP["package-dir"] == {f"doudi.{room}": room for room in ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_a_committed_link_shows_the_room_under_its_import_name(room: str) -> None:
    link = ROOT / "doudi" / room
    assert link.is_symlink()
    assert link.readlink().as_posix() == f"../{room}"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_are_flat(room: str) -> None:
    nested = [p for p in (ROOT / room).rglob("*.py") if p.parent != ROOT / room]
    assert nested == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_refuses_to_be_imported_under_its_folder_name(room: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {room}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert f"import doudi.{room} instead" in done.stderr


def test_a_plain_import_of_the_face_stays_light() -> None:
    code = (
        "import doudi, sys; print([m for m in ('pandas', 'sklearn', 'neo4j') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_every_dependency_has_a_row_that_says_why(requirement: str) -> None:
    name = re.split(r"[\[<>=~! ]", requirement)[0]
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    named = [line.split("|") for line in page.splitlines() if line.startswith("| ")]
    rows = [cells for cells in named if name in re.split(r"[, ]+", cells[1].strip())]
    assert len(rows) == 1
    assert all(cell.strip() for cell in rows[0][1:5])
