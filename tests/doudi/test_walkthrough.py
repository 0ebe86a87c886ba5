"""The steward's walk-through (docs/steward.md) does what it says, word for word."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "steward.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
ROW = re.compile(r"^\| (\S+\.csv) \| (\d+) \| (\w+) \| (\S+) \|$", re.MULTILINE)


def steps() -> list[tuple[str, list[str]]]:
    """What is typed, in order, and the lines that must be answered."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(PAGE.read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line:
                found[-1][1].append(line)
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


def repair(book: Path) -> int:
    """Write into the workbook what the page's table says; returns how many cells."""
    opened, written = load_workbook(book), 0
    for file, line, column, value in ROW.findall(PAGE.read_text("utf-8")):
        for sheet in opened.worksheets:
            head = [cell.value for cell in sheet[1]]
            for row in range(2, sheet.max_row + 1):
                if (sheet.cell(row, 3).value, sheet.cell(row, 4).value) == (file, int(line)):
                    sheet.cell(row, head.index(column) + 1, value)
                    written += 1
    opened.save(book)
    return written


def test_the_walk_through_does_what_it_says(tmp_path: Path) -> None:
    place = tmp_path / "walk"
    shutil.copytree(ROOT / "docs" / "walkthrough", place)
    own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
           "DOUDI_LANG": "en", "COLUMNS": "240"}  # fmt: skip  # one mapping
    commands = steps()
    assert len(commands) > 12
    for command, answers in commands:
        if command.startswith("doudi quarantine resubmit"):
            assert repair(place / "repairs.xlsx") == 7
        typed = ["/bin/sh", "-c", command]
        done = subprocess.run(
            typed, cwd=place, env=own, capture_output=True, text=True, check=False
        )
        said = flat(done.stdout + done.stderr)
        assert done.returncode in (0, 3), (command, said)
        for answer in answers:
            assert flat(answer) in said, (command, answer, said)
