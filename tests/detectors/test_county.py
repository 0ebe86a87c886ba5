"""What was planted in the synthetic county is found, and who looks alike is left in peace."""

from __future__ import annotations

import ast
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.console import Console
from doudi.detectors.catalogue import catalogue
from doudi.detectors.run import detect
from doudi.graph.server import ManagedServer
from doudi.home import Home
from doudi.loaders.feeds import feeds
from doudi.loaders.identity import Keys, pseudonym
from doudi.stages import Line
from tests.conftest import empty

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.detectors.run import DetectReceipt
    from doudi.graph.connection import Connection
    from tests.conftest import LoadedCounty

ROOT = Path(__file__).resolve().parents[2]

UNSEEN = {
    ("E01", "X15"): "paid only for the month of death and the grace months",
    ("E01", "X19"): "repaid: nothing was paid in the end",
    ("E05", "X16"): "divorced in the register",
    ("E09", "X15"): "the post ended before the benefit",
    ("E11", "X15"): "the contributions ended before the benefit",
    ("E15", "X02"): "scrapped in the register",
    ("E15", "X04"): "no car, or one for the disabled",
    ("E15", "X15"): "sold before the benefit, or bought after it",
    ("E16", "X13"): "one link only",
    ("E16", "X15"): "used before the benefit only",
    ("E22", "X12"): "zero filings",
    ("E22", "X18"): "a share below the threshold",
    ("E23", "X11"): "a small inherited share",
    ("E23", "X12"): "zero filings",
    ("E31", "X22"): "filed before the benefit",
    ("E33", "X14"): "fewer payees at once than the threshold",
}
"""Lookalikes that a detector may pass over by itself, with no clearing check to ask."""

ABOUT_A_MEMBER = {"E01", "E03", "E09", "E10", "E11", "E15", "E16", "E22", "E23", "E33"}
"""Hits about the planted person; others are about the household, a spouse or an official."""


UNLOADED = {
    ("L01", "L18", "left"): "only the residence permits say that a person without hukou has left",
}
"""Households that a detector cannot yet tell from a need: its code, what is planted, and how."""


@dataclass(frozen=True)
class Trial:
    """Planted facts beside what was found.

    Attributes:
        everything: All planted facts, those that no detector looks for included.
        truth: One row a planted fact or lookalike, with ``planted`` numbering them.
        met: Truth rows joined with the hits of their code in their household.
        leads: The merged leads.
    """

    everything: pd.DataFrame
    truth: pd.DataFrame
    met: pd.DataFrame
    leads: pd.DataFrame

    def planted(self, role: str) -> pd.DataFrame:
        """The planted facts of a role: case or decoy."""
        return self.truth[self.truth["role"] == role]

    def told(self, rows: pd.DataFrame) -> list[str]:
        """Rows in words, for a failing test."""
        names = ["code", "household_id", "clearing_code", "month_from", "month_to", "difficulty"]
        return [" ".join(map(str, row)) for row in rows[names].itertuples(index=False)]


@pytest.fixture(scope="session")
def detected(county: Callable[[int], LoadedCounty]) -> Callable[[int], DetectReceipt]:
    """What a whole run finds in the county of a seed; each seed once."""
    receipts: dict[int, DetectReceipt] = {}

    def of(seed: int) -> DetectReceipt:
        if seed not in receipts:
            receipts[seed] = whole_run(county(seed))
        return receipts[seed]

    return of


def whole_run(county: LoadedCounty, connection: Connection | None = None) -> DetectReceipt:
    """All detectors on the county's own graph, or on the same projection elsewhere."""
    return detect(
        connection or county.connection,
        county.projection,
        county.parameters,
        as_of=county.as_of,
        feeds=feeds(county.home),
    )


@pytest.fixture(scope="module", params=[1, 2, 3], ids=lambda seed: f"seed{seed}")
def trial(
    request: pytest.FixtureRequest,
    county: Callable[[int], LoadedCounty],
    detected: Callable[[int], DetectReceipt],
) -> Trial:
    receipt, everything = detected(request.param), read_truth(county(request.param))
    seen_for = everything["code"].isin([detector.id for detector in catalogue().detectors])
    truth = everything[seen_for]
    hits = receipt.hits.to_pandas().rename(columns={"detector": "code"})
    met = truth.merge(hits, on=["code", "household_id"], suffixes=("", "_hit"))
    return Trial(everything, truth, met, receipt.leads.to_pandas())


def read_truth(county: LoadedCounty) -> pd.DataFrame:
    """All planted facts, numbered; persons under the pseudonyms of the home."""
    key = Keys(county.home / "keys").pid

    def pid(number: str) -> str:
        return pseudonym(key, "person", number)

    truth = pd.read_parquet(county.truth / "cases.parquet").reset_index(names="planted")
    alone = truth["household_id"].str.startswith("person:")
    numbers = truth["household_id"].str.removeprefix("person:")
    households = truth["household_id"].where(~alone, "person:" + numbers.map(pid))
    return truth.assign(household_id=households, person_id=truth["person_id"].map(pid))


def about_the_person(met: pd.DataFrame) -> pd.Series[bool]:
    return pd.Series(
        [
            person in list(people) or code not in ABOUT_A_MEMBER
            for person, people, code in zip(
                met["person_id"], met["person_ids"], met["code"], strict=True
            )
        ],
        index=met.index,
        dtype=bool,
    )


def meets(met: pd.DataFrame) -> pd.Series[bool]:
    """Whether the months of the hit meet the planted months."""
    return (met["month_from_hit"] <= met["month_to"]) & (met["month_from"] <= met["month_to_hit"])


@pytest.mark.neo4j
def test_every_planted_case_is_found_and_not_cleared(trial: Trial) -> None:
    met = trial.met[~trial.met["cleared"]]
    met = met[about_the_person(met) & meets(met)]
    cases = trial.planted("case")
    assert len(cases) > 50
    assert trial.told(cases[~cases["planted"].isin(met["planted"])]) == []


@pytest.mark.neo4j
def test_no_lookalike_is_dispatched(trial: Trial) -> None:
    decoys = trial.planted("decoy")
    leads = trial.leads.explode("detectors")[["household_id", "detectors"]]
    sent = decoys.merge(leads.rename(columns={"detectors": "code"}), on=["household_id", "code"])
    assert len(decoys) > 100
    assert trial.told(sent) == []


@pytest.mark.neo4j
def test_nobody_is_named_for_what_was_not_planted(trial: Trial) -> None:
    leads = trial.leads.explode("detectors").rename(columns={"detectors": "code"})
    cases = trial.planted("case")[["household_id", "code"]].drop_duplicates()
    sides = leads.merge(cases, on=["household_id", "code"], how="left", indicator=True)
    others = trial.everything.rename(columns={"code": "instead"}).drop(columns=["register"])
    stray = sides[sides["_merge"] == "left_only"].merge(others, on="household_id", how="left")
    told = stray[["code", "instead", "difficulty", "household_id"]].itertuples(
        index=False, name=None
    )
    assert len(leads) > 50
    assert [row for row in told if row[:3] not in UNLOADED] == []


@pytest.mark.neo4j
def test_a_lookalike_is_cleared_for_its_own_reason(trial: Trial) -> None:
    found = trial.met[(trial.met["role"] == "decoy") & (trial.met["clearing_code"] != "")]
    wrong = [
        code not in list(codes)
        for code, codes in zip(found["clearing_code"], found["clearing_codes"], strict=True)
    ]
    assert len(found) > 20
    assert trial.told(found[wrong]) == []


@pytest.mark.neo4j
def test_only_known_lookalikes_are_passed_over(trial: Trial) -> None:
    decoys = trial.planted("decoy")
    unseen = decoys[~decoys["planted"].isin(trial.met["planted"])]
    unseen = unseen[unseen["clearing_code"] != ""]  # needs that were met have no code
    pairs = zip(unseen["code"], unseen["clearing_code"], strict=True)
    assert {pair for pair in pairs if pair not in UNSEEN} == set()


@pytest.mark.neo4j
def test_a_server_of_ones_own_filled_by_transactions_gives_the_same_hits(
    detected: Callable[[int], DetectReceipt], county: Callable[[int], LoadedCounty], tmp_path: Path
) -> None:
    own = county(3)
    imported = detected(3).hits
    address = ManagedServer(own.home / "graph").status().address
    assert address is not None
    other = Path(
        shutil.copytree(
            own.home,
            tmp_path / "home",
            ignore=shutil.ignore_patterns("store-*", "server.json", "filled.json"),
        )
    )
    home = Home(other)
    home.settings.neo4j.uri = address.uri
    home.settings.neo4j.password = address.password
    empty(own.connection)
    with Line(home, Console(lang="en")).graph() as (connection, _):
        there = whole_run(own, connection)
    assert there.hits.num_rows > 100
    assert there.hits.equals(imported)


def imported_rooms(room: str) -> set[str]:
    """Modules of doudi that a room's files import, type checking included."""
    names: set[str] = set()
    for path in (ROOT / room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("doudi."):
                names.add(str(node.module))
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names if alias.name.startswith("doudi.")}
    return {name for name in names if not name.startswith(f"doudi.{room}")}


@pytest.mark.checkout
def test_generator_and_detectors_share_nothing_but_the_schema() -> None:
    assert imported_rooms("synth") <= {"doudi.graph.schema", "doudi.graph.errors"}
    assert not any(name.startswith("doudi.synth") for name in imported_rooms("detectors"))
