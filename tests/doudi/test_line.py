"""The whole line, typed by people: a county that is loaded and served, from detection to a page."""

from __future__ import annotations

import json
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from doudi import cli
from doudi.home import Home
from tests.doudi.conftest import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import LoadedCounty

pytestmark = pytest.mark.neo4j

ID_NUMBER = re.compile(
    r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
CAPACITY = 5
HOUSEHOLD_PARTS = ("Month by month", "Path", "Source rows", "Both sides: ", "Not known")


@dataclass(frozen=True)
class Office:
    """Types commands into a home, in English unless another language is asked for."""

    home: Path

    def types(self, *words: str | Path) -> Said:
        """Run a command in this process."""
        out, err = StringIO(), StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            patch.setenv("DOUDI_LANG", "en")
            patch.setenv("COLUMNS", "200")
            patch.setattr(sys, "argv", ["doudi", *map(str, words), "--home", str(self.home)])
            with pytest.raises(SystemExit) as end:
                cli.main()
        code = end.value.code
        assert isinstance(code, int)
        assert "Traceback" not in err.getvalue() + out.getvalue()
        return Said(code, out.getvalue(), err.getvalue())

    def asks(self, *words: str | Path) -> dict[str, Any]:
        """The receipt of a command that succeeds; nothing else may be on stdout."""
        said = self.types(*words, "--json")
        assert said.code == 0, said.err
        receipt = said.receipt
        assert (receipt["ok"], receipt["exit_code"]) == (True, 0)
        return receipt

    def table(self, file: str) -> pd.DataFrame:
        """A file of the newest run."""
        return pd.read_parquet(Home(self.home).latest(file))


@dataclass(frozen=True)
class Night:
    """A night's work in a county, and what the commands said."""

    office: Office
    detected: Said
    ranked: Said
    page: str

    @property
    def leads(self) -> pd.DataFrame:
        """The leads of the night."""
        return self.office.table("leads.parquet")


@pytest.fixture(scope="module")
def night(
    county: Callable[[int], LoadedCounty], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Night]:
    own = county(3)
    state = own.home / "graph" / "server.json"
    before = state.read_text("utf-8")
    office = Office(own.home)
    try:
        page = tmp_path_factory.mktemp("page") / "all.html"
        detected = office.types("detect", "--json")
        ranked = office.types("rank", "--capacity", str(CAPACITY))
        assert office.types("report", "--out", page).code == 0
        yield Night(office, detected, ranked, page.read_text("utf-8"))
    finally:
        state.write_text(
            before, "utf-8"
        )  # commands keep the server they find; this one is a test's


def test_a_detection_tells_every_detector_and_writes_its_files(night: Night) -> None:
    receipt = night.detected.receipt
    assert night.detected.code == receipt["exit_code"]
    assert receipt["stage"] == "detect"
    assert receipt["leads"] == len(night.leads) > 50
    hits = night.office.table("hits.parquet")
    found = {run["id"]: run["hits"] for run in receipt["detectors"]}
    assert sum(found.values()) == len(hits)
    assert found["E15"] > 0
    assert hits["cleared"].any()
    run = night.office.home / "runs" / receipt["run"]
    assert json.loads((run / "receipt.json").read_text("utf-8"))["leads"] == receipt["leads"]


def test_progress_goes_to_stderr_and_only_the_receipt_to_stdout(night: Night) -> None:
    assert len(night.detected.out.splitlines()) == 1
    assert night.detected.has("detecting and clearing")


def test_the_list_holds_what_was_detected_narrowed_as_asked(night: Night) -> None:
    everything = night.office.asks("leads", "list", "--limit", "10000")["leads"]
    assert {lead["lead_id"] for lead in everything} == set(night.leads["lead_id"])
    leaks = night.office.asks("leads", "list", "--direction", "leak", "--limit", "10000")["leads"]
    assert 0 < len(leaks) < len(everything)
    assert {lead["direction"] for lead in leaks} == {"leak"}
    few = night.office.asks("leads", "list", "--detector", "E15", "--limit", "2")["leads"]
    assert len(few) <= 2
    assert all("E15" in lead["detectors"] for lead in few)


def test_a_lead_is_shown_with_its_hits_and_its_history(night: Night) -> None:
    lead = night.leads.iloc[0]
    receipt = night.office.asks("leads", "show", lead["lead_id"])
    standing = {hit["detector"] for hit in receipt["hits"] if not hit["cleared"]}
    assert standing == set(lead["detectors"])
    assert receipt["history"][0]["action"] == "generate"
    said = night.office.types("leads", "show", lead["lead_id"])
    assert f"household {lead['household_id']}" in said.out
    assert not ID_NUMBER.search(said.out)


def test_the_whole_report_lists_every_lead_and_loads_nothing(night: Night) -> None:
    for lead_id in night.leads["lead_id"]:
        assert f'href="#{lead_id}"' in night.page
    sections = night.page.split("<section ")[1:]
    assert len(sections) > 20
    for section in sections:
        assert all(part in section for part in HOUSEHOLD_PARTS)
    assert "Whom to visit with help first" in night.page
    assert not ID_NUMBER.search(night.page)
    assert not re.search(r'(?:src|href)=(?!"#)', night.page)


def test_a_report_of_a_township_has_its_leads_only(night: Night, tmp_path: Path) -> None:
    township = night.leads["township"].dropna().iloc[0]
    page = tmp_path / "town.html"
    assert night.office.asks("report", "--township", township, "--out", page)["outputs"] == {
        "html": str(page)
    }
    listed = set(re.findall(r'href="#([^"]+)"', page.read_text("utf-8")))
    inside = night.leads[night.leads["township"] == township]
    assert listed == set(inside["lead_id"])


def test_a_ranking_names_its_model_and_precision_in_words(night: Night) -> None:
    said = night.ranked
    assert said.code == 0, said.err
    assert re.search(r"model: (logistic regression|boosted trees); in the check \d+\.\d%", said.out)
    assert "{" not in said.out
    assert said.has("outcomes are known only where somebody looked")
    table = night.office.table("ranking.parquet")
    assert f"{int(table['listed'].sum())} households to visit" in said.out
    assert table.groupby("township")["listed"].sum().max() <= CAPACITY


def test_a_ranking_adds_nothing_to_the_leads(night: Night) -> None:
    asked = night.office.asks("leads", "list", "--limit", "10000")["leads"]
    assert len(asked) == len(night.leads)
    assert not any("rank" in name or "score" in name for lead in asked for name in lead)


def test_a_policy_is_shown_with_where_it_comes_from(night: Night) -> None:
    rows = night.office.asks("policy", "show", "dibao.std_month_rural")["rows"]
    (row,) = rows
    assert row["value"] > 0
    assert row["origin"] != "missing"
    assert len(night.office.asks("policy", "show")["rows"]) > 20


def test_a_changed_policy_tells_who_would_move(night: Night) -> None:
    (row,) = night.office.asks("policy", "show", "dibao.std_month_rural")["rows"]
    same = f"dibao.std_month_rural={row['value']}"
    assert night.office.asks("policy", "diff", same)["rows"] == []
    half = f"dibao.std_month_rural={row['value'] / 2}"
    moved = night.office.asks("policy", "diff", half)["rows"]
    assert moved
    assert {one["moves"] for one in moved} == {"over"}


def test_the_server_is_named_without_its_password(night: Night) -> None:
    receipt = night.office.asks("neo4j", "status")
    assert receipt["running"] is True
    assert receipt["uri"].startswith("bolt://127.0.0.1:")
    password = (night.office.home / "graph" / "password").read_text("utf-8")
    assert password not in json.dumps(receipt)
