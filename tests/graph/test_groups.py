"""People who share an identifier."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graph.conftest import Facts, Made

    Make = Callable[..., Made]


def test_two_people_paid_to_one_account_are_a_group(facts: Facts, made: Make) -> None:
    facts.link("PAID.Person.Account", "p1", "a1", valid_from=date(2025, 1, 1))
    facts.link("HOLDS_ACCOUNT.Person.Account", "p2", "a1")
    facts.link("HOLDS_ACCOUNT.Person.Account", "p3", "a2")
    projection = made()
    (group,) = projection.nodes("SharedGroup").values()
    assert (group["id"], group["kind"], group["size"]) == ("account/a1", "account", 2)
    rows = projection.links("IN_GROUP.Person.SharedGroup")
    assert [(r["start_id"], r["end_id"]) for r in rows] == [
        ("p1", "account/a1"),
        ("p2", "account/a1"),
    ]


def test_the_time_in_a_group_spans_all_sources_and_unknown_is_open(
    facts: Facts, made: Make
) -> None:
    for who in ("p1", "p2"):
        facts.link(
            "LIVES_AT.Person.Dwelling",
            who,
            "d1",
            valid_from=date(2020, 1, 1),
            valid_to=date(2022, 1, 1),
        )
    facts.link("LIVES_AT.Person.Dwelling", "p1", "d1", valid_from=date(2021, 1, 1))
    first, second = made().links("IN_GROUP.Person.SharedGroup")
    assert (first["valid_from"], first["valid_to"]) == (date(2020, 1, 1), None)
    assert (second["valid_from"], second["valid_to"]) == (date(2020, 1, 1), date(2022, 1, 1))


def test_200_people_are_a_group_and_201_are_not(facts: Facts, made: Make) -> None:
    for n in range(201):
        facts.link("USES_PHONE.Person.Phone", f"p{n}", "office")
        if n < 200:
            facts.link("USES_PHONE.Person.Phone", f"p{n}", "large")
    assert list(made().nodes("SharedGroup")) == ["phone/large"]


def test_one_person_listed_twice_is_no_group(facts: Facts, made: Make) -> None:
    facts.link("USES_PHONE.Person.Phone", "p1", "t")
    facts.link("USES_PHONE.Person.Phone", "p1", "t")
    assert not made().nodes("SharedGroup")
