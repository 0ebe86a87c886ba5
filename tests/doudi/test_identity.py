"""The queue of doubtful identities, as a clerk works it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from doudi.casework.access import entries
from doudi.casework.ledger import Ledger
from doudi.home import Home
from tests.loaders.test_resolve import MEMBERS, member, named, town

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk


@pytest.fixture
def doubted(clerk: Clerk) -> Clerk:
    """A clerk whose home has one number under two surnames, and one name linked."""
    rows = [MEMBERS, member("D1", 30, name="欧阳飞"), member("D1", 31, with_number=False)]
    files = {"hukou_population.csv": town(), "dibao_member_register.csv": "\n".join(rows) + "\n"}
    clerk.loads("2026-04", files)
    return clerk


def items(clerk: Clerk, *words: str) -> list[dict[str, Any]]:
    said = clerk.types("identity", "review", "--json", *words)
    assert said.code == 0, said.err
    found: list[dict[str, Any]] = said.receipt["items"]
    return found


def test_the_queue_names_nobody_and_the_look_is_logged(doubted: Clerk) -> None:
    said = doubted.types("identity", "review")
    assert "one number, two surnames" in said.out
    assert named(30) not in said.out + said.err
    assert "欧阳" not in said.out + said.err
    with Ledger.open(Home(doubted.home).ledger_url) as ledger:
        (entry,) = entries(ledger).to_dict("records")
    assert (entry["purpose"], entry["subject"]) == ("identity review", "identity")


def test_a_decision_is_kept_and_the_entry_goes_to_the_end(doubted: Clerk) -> None:
    (entry,) = items(doubted)
    said = doubted.types("identity", "decide", entry["item"], "same", "--reason", "曾用名")
    assert said.code == 0, said.err
    assert "1 names linked" in said.out
    (decided,) = items(doubted)
    assert (decided["item"], decided["verdict"]) == (entry["item"], "same")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing", "same", "--reason", "x"), "entry of the queue"),
        (("ITEM", "maybe", "--reason", "x"), "same or different"),
        (("ITEM", "same"), "a reason"),
    ],
)
def test_what_cannot_be_decided_is_wrong_use(
    doubted: Clerk, words: tuple[str, ...], told: str
) -> None:
    (entry,) = items(doubted)
    said = doubted.types(
        "identity", "decide", *(entry["item"] if w == "ITEM" else w for w in words)
    )
    assert said.code == 2
    assert said.has(told)


def test_an_unknown_kind_is_named_with_the_nearest(clerk: Clerk) -> None:
    said = clerk.types("identity", "review", "--kind", "surnames")
    assert said.code == 2
    assert said.has("surname")
