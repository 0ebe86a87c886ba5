"""Who is covered by a benefit, which household it counts for, who handled it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graph.conftest import Facts, Made

    Make = Callable[..., Made]

DIBAO = "dibao_household_register/H1"


def dibao(facts: Facts, **values: Any) -> None:  # noqa: ANN401 - free values
    facts.node("Benefit", DIBAO, register="dibao_household_register", **values)
    facts.link("BELONGS_TO.Benefit.Household", DIBAO, DIBAO)


def member(facts: Facts, who: str, home: str = DIBAO, **values: Any) -> str:  # noqa: ANN401 - free values
    return facts.link("MEMBER_OF.Person.Household", who, home, **values)


def tekun(facts: Facts, who: str, start: date | None, end: date | None = None) -> str:
    benefit = f"tekun_register/{who}/{start}"
    facts.node(
        "Benefit",
        benefit,
        register="tekun_register",
        township="539901001000",
        start_date=start,
        end_date=end,
    )
    facts.link("RECEIVES.Person.Benefit", who, benefit, valid_from=start, valid_to=end)
    return benefit


def spans(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(r["end_id"], r["valid_from"], r["valid_to"]) for r in rows]


def test_beneficiaries_receive_while_member_and_benefit_last(facts: Facts, made: Make) -> None:
    dibao(facts, start_date=date(2024, 1, 1), end_date=date(2026, 1, 1))
    member(facts, "a", is_beneficiary=True, valid_from=date(2025, 3, 1), name_token="n")  # noqa: S106 - no password
    member(facts, "b", is_beneficiary=True, valid_to=date(2025, 6, 1))
    first, second = made().links("RECEIVES.Person.Benefit")
    assert spans([first]) == [(DIBAO, date(2025, 3, 1), date(2026, 1, 1))]
    assert spans([second]) == [(DIBAO, date(2024, 1, 1), date(2025, 6, 1))]
    assert (first["derived"], first["source"], first["name_token"]) == (True, "derived", "n")


def test_a_member_who_is_not_paid_for_does_not_receive(facts: Facts, made: Make) -> None:
    dibao(facts)
    member(facts, "paid", is_beneficiary=True)
    member(facts, "not", is_beneficiary=False)
    member(facts, "unknown")
    rows = made().links("RECEIVES.Person.Benefit")
    assert [r["start_id"] for r in rows] == ["paid", "unknown"]


def test_a_member_who_left_before_the_benefit_does_not_receive(facts: Facts, made: Make) -> None:
    dibao(facts, start_date=date(2024, 1, 1))
    member(facts, "a", valid_to=date(2024, 1, 1))
    assert not made().links("RECEIVES.Person.Benefit")


def test_receiving_is_as_sure_as_the_weakest_step(facts: Facts, made: Make) -> None:
    dibao(facts)
    member(facts, "a", grade="linked")
    (row,) = made().links("RECEIVES.Person.Benefit")
    assert row["grade"] == "linked"


def test_a_person_of_no_household_gets_one_of_his_own(facts: Facts, made: Make) -> None:
    benefit = tekun(facts, "a", date(2024, 1, 1))
    projection = made()
    assert spans(projection.links("BELONGS_TO.Benefit.Household")) == [
        ("person:a", date(2024, 1, 1), None)
    ]
    home = projection.nodes("Household")["person:a"]
    assert (home["register"], home["household_id"], home["township"]) == (
        "tekun_register",
        "person:a",
        "539901001000",
    )
    (own,) = projection.links("MEMBER_OF.Person.Household")
    assert (own["start_id"], own["is_beneficiary"]) == ("a", True)
    assert [r["end_id"] for r in projection.links("RECEIVES.Person.Benefit")] == [benefit]


def test_the_household_changes_with_the_membership(facts: Facts, made: Make) -> None:
    tekun(facts, "a", date(2024, 1, 1), date(2026, 1, 1))
    edge = "low_income_edge_register/E1/2024-01-01"
    member(facts, "a", edge, valid_from=date(2023, 1, 1), valid_to=date(2025, 7, 1))
    member(facts, "a", valid_from=date(2024, 6, 1), valid_to=date(2025, 1, 1))
    member(facts, "a", "poverty_archive/P1")
    rows = sorted(made().links("BELONGS_TO.Benefit.Household"), key=lambda r: str(r["valid_from"]))
    assert spans(rows) == [
        (edge, date(2024, 1, 1), date(2024, 6, 1)),
        (DIBAO, date(2024, 6, 1), date(2025, 1, 1)),
        (edge, date(2025, 1, 1), date(2025, 7, 1)),
        ("person:a", date(2025, 7, 1), date(2026, 1, 1)),
    ]
    assert len({r["rid"] for r in rows}) == 4


def test_a_weak_membership_takes_no_benefit_over(facts: Facts, made: Make) -> None:
    tekun(facts, "a", date(2024, 1, 1))
    member(facts, "a", grade="name_only")
    (row,) = made().links("BELONGS_TO.Benefit.Household")
    assert row["end_id"] == "person:a"


def test_two_programmes_of_one_person_share_his_household(facts: Facts, made: Make) -> None:
    tekun(facts, "a", date(2024, 1, 1), date(2025, 1, 1))
    tekun(facts, "a", date(2025, 1, 1))
    tekun(facts, "b", date(2023, 1, 1), date(2023, 6, 1))
    tekun(facts, "b", date(2024, 1, 1), None)
    rows = made().links("MEMBER_OF.Person.Household")
    assert spans(rows) == [
        ("person:a", date(2024, 1, 1), None),
        ("person:b", date(2023, 1, 1), date(2023, 6, 1)),
        ("person:b", date(2024, 1, 1), None),
    ]


def test_a_household_programme_is_not_spread_by_a_persons_benefit(facts: Facts, made: Make) -> None:
    dibao(facts)
    member(facts, "a")
    member(facts, "b")
    benefit = tekun(facts, "a", date(2024, 1, 1))
    rows = made().links("RECEIVES.Person.Benefit")
    assert [(r["start_id"], r["end_id"]) for r in rows] == [
        ("a", DIBAO),
        ("a", benefit),
        ("b", DIBAO),
    ]


def test_the_handler_is_the_post_with_the_login_in_its_time(facts: Facts, made: Make) -> None:
    dibao(facts, handler_login="u7", approve_date=date(2024, 5, 5))
    for office, start, end in (
        ("old", date(2018, 1, 1), date(2021, 1, 1)),
        ("then", date(2021, 1, 1), date(2025, 1, 1)),
    ):
        facts.node("Office", office, login="u7")
        facts.link("SERVES_AS.Person.Office", "o", office, valid_from=start, valid_to=end)
    facts.node("Office", "other", login="u8")
    (row,) = made().links("HANDLED_BY.Benefit.Office")
    assert spans([row]) == [("then", date(2024, 5, 5), date(2025, 1, 1))]


def test_a_login_on_no_roster_is_handled_by_nobody(facts: Facts, made: Make) -> None:
    dibao(facts, handler_login=None)
    facts.node("Office", "no login")
    assert not made().links("HANDLED_BY.Benefit.Office")
