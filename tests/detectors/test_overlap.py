"""Which months are paid, and which of them a fact touches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from doudi.detectors import clear, overlap, recompute
from doudi.detectors.facts import Facts
from doudi.detectors.found import empty_found

if TYPE_CHECKING:
    from tests.detectors.conftest import Small

DIBAO = "dibao_household_register"
D1 = f"{DIBAO}/D1"
AS_OF = date(2026, 6, 1)
AFTER = date(2026, 7, 1)


def _paid(small: Small) -> dict[str, float]:
    facts = Facts(small.write())
    overlap.build_paid_months(facts, as_of=AS_OF, as_of_end=AFTER)
    rows = facts.rows("SELECT strftime(month, '%Y-%m'), paid_yuan FROM paid_month ORDER BY 1")
    facts.close()
    return {str(month): float(str(yuan)) for month, yuan in rows}


def _months(  # noqa: PLR0913 - a hit has as many parts
    small: Small, fact_from: str | None, fact_to: str | None, *, person: str = "p1",
    benefit: str | None = D1, direction: str = "error", also_paid: str | None = None,
    yuan: float | None = None, columns: str | None = None,
) -> dict[str, float]:  # fmt: skip
    facts = Facts(small.write())
    overlap.build_paid_months(facts, as_of=AS_OF, as_of_end=AFTER)
    empty_found(facts)
    facts.con.execute(
        "INSERT INTO found BY NAME SELECT 'h1' AS hit_id, ? AS direction, ? AS household, "
        "? AS person_id, ? AS benefit, ?::DATE AS fact_from, ?::DATE AS fact_to, "
        "? AS also_paid, ? AS exposure_yuan_month, ? AS columns",
        [direction, D1, person, benefit, fact_from, fact_to, also_paid, yuan, columns],
    )
    overlap.build_hit_months(facts, as_of=AS_OF, as_of_end=AFTER)
    rows = facts.rows("SELECT strftime(month, '%Y-%m'), exposure_yuan FROM hit_month ORDER BY 1")
    facts.close()
    return {str(month): float(str(amount)) for month, amount in rows}


def test_a_spell_is_paid_in_each_of_its_months(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-04", 500.0)
    assert _paid(small) == {"2026-01": 500.0, "2026-02": 500.0, "2026-03": 500.0}


def test_payments_after_the_as_of_month_do_not_count(small: Small) -> None:
    small.paid("p1", "2026-05", "2026-09", 500.0)
    assert list(_paid(small)) == ["2026-05", "2026-06"]


def test_two_payments_of_a_month_are_one_paid_month(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-02", 500.0)
    small.paid("p1", "2026-01", "2026-02", 80.5)
    assert _paid(small) == {"2026-01": 580.5}


def test_a_return_that_names_its_payment_cancels_that_one(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-02", 500.0, payment_no="n1")
    small.paid("p1", "2026-02", "2026-03", 500.0, payment_no="n2")
    small.paid("p1", "2026-03", "2026-04", 500.0, status="退回", reverses="n1", payment_no="n3")
    assert _paid(small) == {"2026-02": 500.0}


def test_a_return_without_a_number_cancels_the_last_equal_payment_before_it(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-04", 500.0, rows="b:2,b:3,b:4")
    small.paid("p1", "2026-03", "2026-04", 500.0, status="退回", rows="b:5")
    assert list(_paid(small)) == ["2026-01", "2026-02"]


def test_a_payment_sent_again_after_its_return_counts(small: Small) -> None:
    small.paid("p1", "2026-03", "2026-04", 500.0, status="退回", rows="b:5")
    small.paid("p1", "2026-03", "2026-04", 500.0, rows="b:6")
    assert _paid(small) == {"2026-03": 500.0}


def test_a_returned_payment_of_another_amount_cancels_nothing(small: Small) -> None:
    small.paid("p1", "2026-03", "2026-04", 500.0, rows="b:2")
    small.paid("p1", "2026-03", "2026-04", 400.0, status="退回", rows="b:3")
    assert _paid(small) == {"2026-03": 500.0}


def test_a_recovery_reduces_its_month(small: Small) -> None:
    small.paid("p1", "2026-03", "2026-04", 500.0)
    small.paid("p1", "2026-03", "2026-04", -200.0)
    assert _paid(small) == {"2026-03": 300.0}


def test_a_month_recovered_in_full_is_not_paid(small: Small) -> None:
    small.paid("p1", "2026-03", "2026-04", 500.0)
    small.paid("p1", "2026-03", "2026-04", -500.0)
    assert _paid(small) == {}


def test_a_recovery_that_names_its_payment_is_taken_off_once(small: Small) -> None:
    small.paid("p1", "2026-02", "2026-03", 500.0)
    small.paid("p1", "2026-03", "2026-04", 500.0, payment_no="n1")
    small.paid("p1", "2026-03", "2026-04", -500.0, reverses="n1")
    assert _paid(small) == {"2026-02": 500.0}


def test_a_payment_without_case_number_goes_to_the_household_of_the_payee(small: Small) -> None:
    small.paid("p2", "2026-01", "2026-02", 500.0, household_id=None)
    assert _paid(small) == {"2026-01": 500.0}


def test_a_payment_to_nobody_on_a_register_belongs_to_no_benefit(small: Small) -> None:
    small.node("Person", "p9")
    small.paid("p9", "2026-01", "2026-02", 500.0, household_id=None)
    assert _paid(small) == {}


def test_a_programme_kept_by_person_goes_to_the_benefit_of_the_payee(small: Small) -> None:
    for name, since, until in (("t/p1/1", "2025-01", "2026-01"), ("t/p1/2", "2026-01", None)):
        end = date.fromisoformat(f"{until}-01") if until else None
        small.node("Benefit", name, register="tekun_register", end_date=end,
                   start_date=date.fromisoformat(f"{since}-01"))  # fmt: skip
        small.link("RECEIVES.Person.Benefit", "p1", name, since, until or "")
    small.paid("p1", "2025-12", "2026-02", 900.0, register="tekun_register", household_id=None)
    facts = Facts(small.write())
    overlap.build_paid_months(facts, as_of=AS_OF, as_of_end=AFTER)
    rows = facts.rows("SELECT benefit, strftime(month, '%Y-%m') FROM paid_month ORDER BY 2")
    facts.close()
    assert rows == [("t/p1/1", "2025-12"), ("t/p1/2", "2026-01")]


def _shared_out(small: Small) -> dict[str, float]:
    facts = Facts(small.write())
    overlap.build_paid_months(facts, as_of=AS_OF, as_of_end=AFTER)
    rows = facts.rows("SELECT benefit, sum(paid_yuan) FROM paid_month GROUP BY 1 ORDER BY 1")
    facts.close()
    return {str(benefit): float(str(yuan)) for benefit, yuan in rows}


def _tekun(small: Small, granted: tuple[float | None, float | None]) -> None:
    for name, since, yuan in zip(
        ("t/p1/1", "t/p1/2"), ("2024-01", "2025-01"), granted, strict=True
    ):
        small.node("Benefit", name, register="tekun_register", monthly_amount_yuan=yuan,
                   start_date=date.fromisoformat(f"{since}-01"))  # fmt: skip
        small.link("RECEIVES.Person.Benefit", "p1", name, since)


def _case(small: Small, name: str, since: str, kind: str = "城市") -> None:
    full = f"{DIBAO}/{name}"
    small.node("Household", full, register=DIBAO, household_id=name, urban_rural=kind)
    small.node("Benefit", full, register=DIBAO, start_date=date.fromisoformat(f"{since}-01"))
    small.link("BELONGS_TO.Benefit.Household", full, full, since)
    small.link("MEMBER_OF.Person.Household", "p1", full, since)


def test_two_payments_of_a_person_go_to_two_registrations(small: Small) -> None:
    _tekun(small, (None, None))
    for yuan in (900.0, 850.0):
        small.paid("p1", "2026-01", "2026-03", yuan, register="tekun_register", household_id=None)
    assert set(_shared_out(small)) == {"t/p1/1", "t/p1/2"}


def test_a_payment_goes_to_the_registration_of_its_amount(small: Small) -> None:
    _tekun(small, (900.0, 850.0))
    for yuan in (900.0, 850.0, 60.0):
        small.paid("p1", "2026-01", "2026-02", yuan, register="tekun_register", household_id=None)
    assert _shared_out(small) == {"t/p1/1": 900.0, "t/p1/2": 910.0}


def test_one_payment_of_two_registrations_goes_to_the_later_one(small: Small) -> None:
    _tekun(small, (None, None))
    small.paid("p1", "2026-01", "2026-02", 900.0, register="tekun_register", household_id=None)
    small.paid("p1", "2026-01", "2026-02", -100.0, register="tekun_register", household_id=None)
    assert _shared_out(small) == {"t/p1/2": 800.0}


def test_payments_without_a_case_number_are_shared_out_among_two_cases(small: Small) -> None:
    _case(small, "D2", "2025-06")
    small.paid("p1", "2026-01", "2026-02", 500.0, household_id=None)
    small.paid("p1", "2026-01", "2026-02", 480.0, household_id=None)
    assert set(_shared_out(small)) == {D1, f"{DIBAO}/D2"}


def test_a_payment_without_case_number_goes_to_the_case_no_other_payment_names(
    small: Small,
) -> None:
    _case(small, "D2", "2025-06")
    small.paid("p1", "2026-01", "2026-02", 500.0, household_id=None)
    small.paid("p1", "2026-01", "2026-02", 480.0, household_id="D2")
    assert _shared_out(small) == {D1: 500.0, f"{DIBAO}/D2": 480.0}


def test_urban_and_rural_money_go_to_the_urban_and_the_rural_case(small: Small) -> None:
    _case(small, "D2", "2025-06", "农村")
    small.paid("p1", "2026-01", "2026-02", 500.0, household_id=None)
    small.paid("p1", "2026-01", "2026-02", 480.0, household_id=None, programme="农村低保")
    assert _shared_out(small) == {D1: 500.0, f"{DIBAO}/D2": 480.0}


def test_the_income_of_a_household_says_nothing_of_a_benefit_kept_by_person(small: Small) -> None:
    small.node("Benefit", "t/p1/1", register="tekun_register")
    facts = Facts(small.write())
    facts.con.execute(
        "CREATE TABLE hit AS SELECT * FROM (VALUES ('h1', 'E10', ?), ('h2', 'E10', ?), "
        "('h3', 'E10', 'person:p1')) AS v(hit_id, detector, household)", [D1, D1],
    )  # fmt: skip
    facts.con.execute(
        "CREATE TABLE hit_month AS SELECT hit_id, benefit, DATE '2026-01-01' AS month FROM (VALUES "
        "('h1', 't/p1/1'), ('h2', ?), ('h3', 't/p1/1')) AS v(hit_id, benefit)", [D1],
    )  # fmt: skip
    facts.con.execute(
        "CREATE TABLE recomputed AS SELECT unnest([?, 'person:p1']) AS household, "
        "DATE '2026-01-01' AS month, false AS over_line", [D1],
    )  # fmt: skip
    clear.empty_ruled(facts)
    recompute.build_compared(facts, ["E10"])
    clear.rule_out_by_income(facts)
    rows = facts.rows("SELECT hit_id FROM ruled ORDER BY 1")
    facts.close()
    assert rows == [("h2",), ("h3",)]


def test_a_recognition_without_money_has_the_months_of_its_register(small: Small) -> None:
    edge = "low_income_edge_register/B1/2026-04-01"
    small.node("Benefit", edge, register="low_income_edge_register", start_date=date(2026, 4, 1))
    small.link("BELONGS_TO.Benefit.Household", edge, D1, "2026-04")
    small.paid("p1", "2026-01", "2026-02", 500.0)
    assert _paid(small) == {"2026-01": 500.0, "2026-04": 0.0, "2026-05": 0.0, "2026-06": 0.0}


def test_a_fact_has_the_paid_months_inside_it(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-03", 500.0)
    small.paid("p1", "2026-04", "2026-06", 520.0)
    assert _months(small, "2026-02-01", "2026-05-01") == {"2026-02": 500.0, "2026-04": 520.0}


def test_a_fact_that_lasts_reaches_to_the_as_of_month(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-09", 500.0)
    assert list(_months(small, "2026-05-01", None)) == ["2026-05", "2026-06"]


def test_intervals_that_only_touch_have_no_month(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-03", 500.0)
    assert _months(small, "2026-03-01", None) == {}
    small.folder = small.folder / "other"
    assert _months(small, None, "2026-01-01") == {}


def test_a_fact_from_the_middle_of_a_month_counts_from_the_next(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-04", 500.0)
    assert list(_months(small, "2026-02-02", None)) == ["2026-03"]


def test_months_before_a_person_was_a_member_do_not_count(small: Small) -> None:
    small.link("MEMBER_OF.Person.Household", "p3", D1, "2026-02-10")
    small.paid("p1", "2026-01", "2026-04", 500.0)
    assert list(_months(small, None, None, person="p3")) == ["2026-02", "2026-03"]


def test_a_person_who_never_was_a_member_is_not_bound_to_membership(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-03", 500.0)
    assert list(_months(small, None, None, person="p8")) == ["2026-01", "2026-02"]


def test_a_spouse_who_was_once_listed_is_bound_to_the_membership_of_the_other(small: Small) -> None:
    small.link("MEMBER_OF.Person.Household", "p3", D1, "2025-01", "2026-02")
    small.paid("p1", "2026-01", "2026-05", 500.0)
    found = _months(small, "2026-02-01", None, person="p3", columns='{"member_id":"p1"}')
    assert list(found) == ["2026-02", "2026-03", "2026-04"]


def test_months_of_two_benefits_count_where_both_are_paid(small: Small) -> None:
    small.node("Benefit", "t/p1/1", register="tekun_register")
    small.link("RECEIVES.Person.Benefit", "p1", "t/p1/1")
    small.paid("p1", "2026-01", "2026-04", 500.0)
    small.paid("p1", "2026-03", "2026-06", 900.0, register="tekun_register", household_id=None)
    assert _months(small, None, None, also_paid="t/p1/1") == {"2026-03": 500.0}


def test_an_exposure_of_its_own_replaces_what_was_paid(small: Small) -> None:
    small.paid("p1", "2026-01", "2026-03", 500.0)
    assert _months(small, None, None, yuan=40.0) == {"2026-01": 40.0, "2026-02": 40.0}


def test_a_leak_lasts_from_the_month_its_need_became_visible(small: Small) -> None:
    found = _months(small, "2026-04-20", None, direction="leak", benefit=None, yuan=100.0)
    assert found == {"2026-04": 100.0, "2026-05": 100.0, "2026-06": 100.0}


def test_a_leak_does_not_reach_back_before_the_deliveries_begin(small: Small) -> None:
    small.paid("p1", "2026-05", "2026-07", 500.0)
    found = _months(small, "2012-04-20", None, direction="leak", benefit=None)
    assert list(found) == ["2026-05", "2026-06"]
