"""Who looked at what stands in the access log, before it is shown; its chain stays whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doudi.casework import access
from doudi.casework.ledger import Ledger
from doudi.console import Console
from doudi.graph.errors import LedgerError
from doudi.home import Home
from doudi.looks import list_subject, note_look
from doudi.stages import Line
from doudi.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk


def looks(home: Path) -> list[tuple[str, str, str, int]]:
    """The log, oldest first, its chain verified."""
    opened, _ = Home.open(home)
    with Ledger.open(opened.ledger_url) as ledger:
        assert access.verify_chain(ledger).is_whole
        log = access.entries(ledger).sort_values("seq")
    return list(
        log[["who", "purpose", "subject", "result_count"]].itertuples(index=False, name=None)
    )


def test_a_list_of_leads_is_one_entry_with_its_filters_and_count(listed: Clerk) -> None:
    assert listed.types("leads", "list", "--as", "li", "--purpose", "weekly plan").code == 0
    assert listed.types("leads", "list", "--as", "li", "--township", "539901009000").code == 0
    assert looks(listed.home) == [
        ("li", "weekly plan", "leads", 1),
        ("li", "leads list", "leads/township:539901009000", 0),
    ]


def test_a_look_that_cannot_be_logged_shows_nothing(listed: Clerk) -> None:
    said = listed.types("leads", "list", "--purpose", "calls 13912345678", "--json")
    assert said.code == 1
    assert "D1" not in said.out
    assert said.has("the purpose holds a phone number", "next:")
    assert looks(listed.home) == []


def test_a_filter_that_is_a_citizens_number_is_not_kept(listed: Clerk) -> None:
    said = listed.types("leads", "list", "--township", "11010519491231002X")
    assert said.code == 1
    assert "11010519491231002X" not in said.err
    assert looks(listed.home) == []


@pytest.mark.neo4j
def test_show_and_report_name_the_lead(handler: Clerk) -> None:
    (lead,) = handler.types("leads", "list", "--json", "--as", "li").receipt["leads"]
    lead_id = lead["lead_id"]
    shown = handler.types("leads", "show", lead_id, "--as", "li", "--json").receipt
    assert [hit["detector"] for hit in shown["hits"]] == ["E15"]
    handler.types("report", lead_id, "--as", "he", "--purpose", "audit sample")
    seen = [entry for entry in looks(handler.home) if entry[2] == lead_id]
    assert seen == [("li", "leads show", lead_id, 1), ("he", "audit sample", lead_id, 1)]


@pytest.mark.neo4j
def test_a_report_of_all_leads_names_the_list_and_each_lead_in_full(handler: Clerk) -> None:
    assert handler.types("report", "--as", "he").code == 0
    (first, second) = looks(handler.home)
    assert first == ("he", "report", "leads", 1)
    assert second[2].startswith("L")


@pytest.mark.neo4j
def test_a_notebook_leaves_its_looks_too(handler: Clerk) -> None:
    workspace = Workspace(handler.home, lang="en", who="he", purpose="audit sample")
    (lead_id,) = workspace.leads(direction="error")["lead_id"]
    workspace.lead(lead_id, purpose="case conference")
    around = workspace.household("D1")
    assert "MEMBER_OF" in around["relation"].tolist()
    assert looks(handler.home) == [
        ("he", "audit sample", "leads/direction:error", 1),
        ("he", "case conference", lead_id, 1),
        ("he", "audit sample", "D1", len(around)),
    ]


def test_the_machines_user_is_named_where_nobody_is(tmp_path: Path) -> None:
    home, _ = Home.open(tmp_path)
    line = Line(home, Console())
    note_look(line, purpose="visit", subject=list_subject("leads"), fields=["months"], count=0)
    assert looks(home.path) == [(line.who, "visit", "leads", 0)]


def test_a_subject_keeps_nothing_but_plain_words() -> None:
    assert list_subject("leads", {"detector": "E 1;", "state": ""}) == "leads/detector:E_1_"


def test_an_account_that_is_a_phone_number_is_refused(tmp_path: Path) -> None:
    home, _ = Home.open(tmp_path)
    with pytest.raises(LedgerError, match="the account holds"):
        note_look(
            Line(home, Console()),
            who="13912345678",
            purpose="visit",
            subject="L1",
            fields=[],
            count=1,
        )
