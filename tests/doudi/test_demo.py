"""The demo: one synthetic county a home, and an exit code that its stages agree with."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doudi import __version__, demo
from doudi.home import Home
from doudi.stages import Line

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

STAGES = ("synth", "load", "detect", "rank")
TOTALS = {"files": [], "messages": [], "detectors": [], "leads": 0}


@pytest.fixture
def short(clerk: Clerk) -> Clerk:
    """A clerk whose stages take no time: each writes what the demo looks at, and ends well."""
    for stage in STAGES:
        ends(clerk, stage, 0)
    clerk.patch.setenv("DOUDI_NEO4J_URI", "bolt://127.0.0.1:9")
    clerk.patch.setattr(Line, "as_of", lambda _line, _text: date(2026, 1, 1))
    clerk.patch.setattr(demo, "write_report", lambda line: line.home.path / "index.html")
    clerk.patch.setattr(demo, "_say_first", lambda _line, _report: None)
    return clerk


def ends(clerk: Clerk, stage: str, code: int) -> None:
    """Let a stage end with this code."""

    def done(line: Line, *_: object, **given: object) -> dict[str, Any]:
        (line.home.county / "deliveries").mkdir(parents=True, exist_ok=True)
        if stage == "synth":
            told = {"seed": given["seed"], "version": __version__}
            (line.home.county / demo.MADE_OF).write_text(json.dumps(told), "utf-8")
        (line.home.tables / "node_Person.parquet").touch()
        return {"stage": stage, "ok": code == 0, "exit_code": code, **TOTALS}

    clerk.patch.setattr(Line, stage, done)


def made_of(home: Path) -> Path:
    return Path(Home(home).county) / demo.MADE_OF


def test_the_same_seed_again_is_fine(short: Clerk) -> None:
    assert short.types("demo").code == 0
    assert json.loads(made_of(short.home).read_text("utf-8"))["seed"] == 1
    assert short.types("demo", "--seed", "1").code == 0


def test_another_seed_is_refused_and_nothing_is_made(short: Clerk) -> None:
    assert short.types("demo").code == 0
    before = made_of(short.home).read_bytes()
    said = short.types("demo", "--seed", "2")
    assert said.code == 2
    assert said.has(
        f"{short.home}: this home holds another synthetic county (seed 1, doudi {__version__})",
        "seed 2",
        "expected: an empty home, or one of the same seed",
        "next: doudi demo --seed 2 --home doudi-demo-2",
    )
    told = short.types("demo", "--seed", "2", "--lang", "zh")
    assert told.has("已有另一个合成县（种子 1", "不能再混入另一个（种子 2"), told.err
    assert made_of(short.home).read_bytes() == before


@pytest.mark.parametrize("said", ['{"seed": 1, "version": "0.0.9"}', '{"seed"', ""])
def test_a_county_of_another_version_or_of_unknown_make_is_refused(short: Clerk, said: str) -> None:
    assert short.types("demo").code == 0
    made_of(short.home).write_text(said, "utf-8")
    assert short.types("demo").code == 2


def test_a_county_that_was_never_loaded_is_made_anew(short: Clerk) -> None:
    home, _ = Home.open(short.home)
    home.county.mkdir()
    made_of(home.path).write_text('{"seed": 1, "version": "0.0.9"}', "utf-8")
    assert short.types("demo", "--seed", "2").code == 0


@pytest.mark.parametrize("stage", STAGES)
def test_the_demo_ends_as_its_stages_end(short: Clerk, stage: str) -> None:
    ends(short, stage, 3)
    said = short.types("demo", "--json")
    assert said.code == 3
    assert (said.receipt["ok"], said.receipt["exit_code"]) == (False, 3)
