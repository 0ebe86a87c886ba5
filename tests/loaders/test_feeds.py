"""The health of feeds: what each delivery looked like is kept, and what is wrong is said with figures."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from doudi.loaders.health import records, stops
from doudi.loaders.sketch import ENOUGH
from doudi.loaders.source import sources
from doudi.loaders.verdict import NAMES, VERDICTS
from doudi.loaders.verdicts import (
    CADENCE_DAYS,
    FREEZING,
    FeedHealth,
    cadence_days,
    feed_health,
)
from tests.loaders.conftest import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.loaders.conftest import Office

CAR = "vehicle_registration"
PAY = "one_card_payment"
END = date(2026, 6, 1)
A, B = "539901001", "539901002"


def cars(
    many: int, *, price: float = 50_000, scrapped: int = 0, unpriced: int = 0
) -> dict[str, str]:
    """A register of cars; the first ones are scrapped, the last ones have no price."""
    rows = [
        f"测A{i:05d},V{i:05d},{number(i % 900 + 1)},小型轿车,{'报废' if i < scrapped else '正常'},"
        f"{'' if i >= many - unpriced else price + i * 10}"
        for i in range(many)
    ]
    head = "plate,vin,owner_id,vehicle_type,status,price\n"
    return {f"{CAR}.csv": head + "\n".join(rows) + "\n"}


def payments(
    month: str, many: int, *, townships: Iterable[str] = (A, B), yuan: float = 300
) -> dict[str, str]:
    """A month's payments, dealt out to townships in turn."""
    places = list(townships)
    rows = [
        f"{number(i % 900 + 1)},{i:064d},甲,农村低保,{yuan + i % 50},{month}-15,{month},成功,"
        f"{places[i % len(places)]}001"
        for i in range(many)
    ]
    head = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status,area_code\n"
    return {f"{PAY}.csv": head + "\n".join(rows) + "\n"}


def health(office: Office, slug: str, *, end: date = END, **options: object) -> FeedHealth:
    return feed_health(office.home, sources(), [slug], as_of_end=end, **options)[slug]  # type: ignore[arg-type]  # townships only


def told(found: FeedHealth) -> list[tuple[str, str, str]]:
    return [(v.kind, v.about, v.told[1]) for v in found.verdicts]


def test_a_record_says_what_a_delivery_looked_like_and_no_more(office: Office) -> None:
    office.deliver(cars(200, scrapped=50, unpriced=20))
    (record,) = records(office.home, CAR)
    assert (record.batch, record.mode, record.rows, record.loaded) == (
        "2026-04",
        "snapshot",
        200,
        200,
    )
    assert record.sketch.nulls["price"] == 0.1
    assert record.sketch.shares["status"] == {"正常": 0.75, "报废": 0.25}
    places = record.sketch.deciles["price"]
    assert len(places) == 9
    assert places == sorted(places)
    text = (office.home / "tables" / "feeds" / f"{CAR}.jsonl").read_text("utf-8")
    assert len(text) < 2_000
    assert number(1) not in text
    assert "V00001" not in text
    assert set(record.sketch.deciles) == {"price"}


def test_a_word_of_few_rows_is_not_named(office: Office) -> None:
    rare = cars(150)[f"{CAR}.csv"].replace("小型轿车", "王老五的车", 1)
    office.deliver({f"{CAR}.csv": rare})
    assert set(records(office.home, CAR)[0].sketch.shares["vehicle_type"]) == {"小型轿车", "…"}


def test_few_values_are_not_sketched(office: Office) -> None:
    office.deliver(cars(ENOUGH - 1))
    sketch = records(office.home, CAR)[0].sketch
    assert (sketch.deciles, sketch.shares) == ({}, {})


def test_records_only_grow_and_a_delivery_that_comes_twice_adds_none(office: Office) -> None:
    office.deliver(cars(200))
    path = office.home / "tables" / "feeds" / f"{CAR}.jsonl"
    first = path.read_bytes()
    office.deliver(cars(200), batch="2026-04")
    assert path.read_bytes() == first
    office.deliver(cars(210))
    assert path.read_bytes().startswith(first)
    assert [record.rows for record in records(office.home, CAR)] == [200, 210]


def test_a_late_delivery_takes_its_place_among_the_records(office: Office) -> None:
    office.deliver(cars(200), batch="2026-06")
    office.deliver(cars(190), batch="2026-05")
    assert [record.batch for record in records(office.home, CAR)] == ["2026-05", "2026-06"]


def test_a_feed_that_never_came_is_missing(office: Office) -> None:
    office.deliver(cars(3))
    assert told(health(office, PAY)) == [("missing", "", "never came")]
    assert health(office, PAY).is_relied_on is False


@pytest.mark.parametrize(
    ("end", "is_sick"), [(date(2026, 6, 19), False), (date(2026, 6, 20), True)]
)
def test_a_feed_older_than_its_cadence_allows_is_stale(
    office: Office, end: date, *, is_sick: bool
) -> None:
    office.deliver(cars(3))  # received on 2026-05-05; weekly
    found = health(office, CAR, end=end)
    assert [v.kind for v in found.verdicts] == ["stale"] * is_sick
    assert found.is_relied_on is not is_sick
    if is_sick:
        assert "46 days old at the end of the month, at most 45" in told(found)[0][2]


def test_every_cadence_of_a_source_has_its_days_or_never_is_stale() -> None:
    never = {s.cadence for s in sources().values() if cadence_days(s.cadence) is None}
    assert all(cadence.startswith("on") for cadence in never), never
    assert list(CADENCE_DAYS.values()) == sorted(CADENCE_DAYS.values())


def test_a_snapshot_that_was_stopped_as_too_small_makes_the_feed_shrunken(office: Office) -> None:
    office.deliver(cars(200))
    office.deliver(cars(60))
    found = health(office, CAR)
    assert [v.kind for v in found.verdicts] == ["shrunken"]
    assert "delivery 2026-05 was stopped" in told(found)[0][2]
    assert "60 rows" in told(found)[0][2]
    assert not found.is_relied_on
    office.deliver(cars(205))
    assert not health(office, CAR).is_sick


def test_a_delivery_that_was_stopped_for_its_form_is_told_and_freezes_nothing(
    office: Office,
) -> None:
    office.deliver(cars(200))
    office.deliver({f"{CAR}.csv": "plate,vin,nonsense\n1,2,3\n"})
    found = health(office, CAR)
    assert [v.kind for v in found.verdicts] == ["stopped"]
    assert (found.is_sick, found.is_relied_on) == (True, True)
    assert stops(office.home)[CAR].which == "headers"


def test_amounts_in_another_unit_make_the_feed_shifted(office: Office) -> None:
    office.deliver(cars(200))
    office.deliver(cars(200, price=5))
    office.deliver({f"{CAR}.csv": cars(200)[f"{CAR}.csv"].replace(",正常,5", ",正常,5000000")})
    found = health(office, CAR)
    assert "shifted" in [v.kind for v in found.verdicts]


def test_payments_of_a_month_that_are_few_are_shrunken(office: Office) -> None:
    for month in ("2026-04", "2026-05", "2026-06"):
        office.deliver(payments(month, 200))
    assert health(office, PAY).verdicts == ()
    office.deliver(payments("2026-07", 99))
    ((kind, about, text),) = [one for one in told(health(office, PAY)) if one[0] == "shrunken"]
    assert (kind, about) == ("shrunken", "")
    assert text == "99 rows a month, 200 before: less than 50%"


def test_half_of_the_usual_payments_are_enough(office: Office) -> None:
    for month, many in (("2026-04", 200), ("2026-05", 200), ("2026-06", 200), ("2026-07", 100)):
        office.deliver(payments(month, many))
    assert "shrunken" not in [v.kind for v in health(office, PAY).verdicts]


def test_months_between_quarters_are_not_shrunken(office: Office) -> None:
    for month, many in (("2026-04", 200), ("2026-05", 60), ("2026-06", 60), ("2026-07", 200)):
        office.deliver(payments(month, many))
    office.deliver(payments("2026-08", 60))
    assert "shrunken" not in [v.kind for v in health(office, PAY).verdicts]


def test_a_month_after_years_of_history_is_not_shrunken(office: Office) -> None:
    history = payments("2024-01", 150)[f"{PAY}.csv"]
    for month in ("2024-06", "2025-01", "2026-04"):
        history += payments(month, 150)[f"{PAY}.csv"].split("\n", 1)[1]
    office.deliver({f"{PAY}.csv": history})
    office.deliver(payments("2026-05", 100))
    assert health(office, PAY).verdicts == ()


def test_a_delta_may_be_of_any_size(office: Office) -> None:
    office.deliver(cars(200))
    for many in (60, 1):
        office.deliver(cars(many), 'mode = "delta"\n')
    assert health(office, CAR).verdicts == ()


def test_values_that_went_missing_are_a_shift_with_both_shares(office: Office) -> None:
    office.deliver(cars(200))
    office.deliver(cars(200, unpriced=41))
    ((kind, about, text),) = told(health(office, CAR))
    assert (kind, about) == ("shifted", "price")
    assert text == "column price: 20% without a value, 0% before, over 20% apart"


def test_as_many_missing_values_as_the_limit_are_none(office: Office) -> None:
    office.deliver(cars(200))
    office.deliver(cars(200, unpriced=40))
    assert health(office, CAR).verdicts == ()


def test_words_in_another_mix_are_a_shift(office: Office) -> None:
    office.deliver(cars(200, scrapped=10))
    office.deliver(cars(200, scrapped=90))
    ((kind, about, text),) = told(health(office, CAR))
    assert (kind, about) == ("shifted", "status")
    assert "PSI" in text
    assert text.endswith(("went from 5% to 45%", "went from 95% to 55%"))


def test_amounts_that_moved_are_a_shift_with_both_medians(office: Office) -> None:
    office.deliver(cars(200, price=50_000))
    office.deliver(cars(200, price=80_000))
    ((kind, about, text),) = told(health(office, CAR))
    assert (kind, about) == ("shifted", "price")
    assert "the median went from 51,000.00 to 81,000.00" in text


def test_a_rise_of_a_tenth_is_no_shift(office: Office) -> None:
    office.deliver(cars(200, price=50_000))
    office.deliver(cars(200, price=55_000))
    assert health(office, CAR).verdicts == ()


def test_few_rows_are_never_a_shift(office: Office) -> None:
    office.deliver(cars(ENOUGH - 1, price=50_000))
    office.deliver(cars(ENOUGH - 1, price=90_000, unpriced=50, scrapped=40))
    assert health(office, CAR).verdicts == ()


def test_what_comes_back_every_other_time_is_no_shift(office: Office) -> None:
    for many in (10, 90, 10, 90):
        office.deliver(cars(200, scrapped=many))
    assert health(office, CAR).verdicts == ()


def test_a_source_may_set_its_own_limits(office: Office) -> None:
    (office.home / "sources").mkdir(parents=True)
    shipped = files("doudi.loaders") / "sources" / f"{CAR}.toml"
    text = shipped.read_text("utf-8").replace("[expect]\n", "[expect]\nshift = 5.0\nnulls = 0.9\n")
    assert "shift = 5.0" in text
    (office.home / "sources" / f"{CAR}.toml").write_text(text, "utf-8")
    office.deliver(cars(200, scrapped=10))
    office.deliver(cars(200, scrapped=90, unpriced=90))
    declared = sources(office.home / "sources")
    assert feed_health(office.home, declared, [CAR], as_of_end=END)[CAR].verdicts == ()


def test_the_same_content_under_a_new_batch_is_said_and_no_more(office: Office) -> None:
    office.deliver(payments("2026-04", 100))
    lines = payments("2026-04", 100)[f"{PAY}.csv"].splitlines()
    office.deliver({f"{PAY}.csv": "\n".join([lines[0], *reversed(lines[1:])]) + "\n"})
    found = health(office, PAY)
    assert told(found) == [("repeated", "", "the same content as delivery 2026-04 (100 rows)")]
    assert (found.is_sick, found.is_relied_on) == (False, True)


def test_a_register_without_news_is_well(office: Office) -> None:
    office.deliver(cars(200))
    office.deliver(cars(200))
    assert health(office, CAR).verdicts == ()


def test_a_township_that_had_rows_and_has_none_is_named(office: Office) -> None:
    for month in ("2026-04", "2026-05", "2026-06"):
        office.deliver(payments(month, 200))
    office.deliver(payments("2026-07", 200, townships=[A]))
    found = health(office, PAY)
    township = f"{B}000"
    assert told(found) == [
        ("thin", township, f"township {township}: no rows, about 100 each time before")
    ]
    assert (found.is_sick, found.is_relied_on) == (True, True)
    assert health(office, PAY, townships={f"{A}000"}).verdicts == ()


def test_control_totals_that_do_not_agree_are_kept_and_told(office: Office) -> None:
    office.deliver(cars(200), f"[control.{CAR}]\nrows = 201\n")
    assert told(health(office, CAR)) == [
        ("control", "rows", "control total rows should be 201.00, is 200.00")
    ]


def test_every_verdict_is_said_in_chinese_and_english() -> None:
    assert set(FREEZING) <= set(NAMES)
    for pairs in (NAMES, VERDICTS):
        for zh, en in pairs.values():
            assert any("\u4e00" <= c <= "\u9fff" for c in zh)
            assert en.isascii()
            values = [
                {name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)
            ]
            assert values[0] == values[1]


def test_a_home_of_an_earlier_release_has_days_and_no_records(office: Office) -> None:
    (office.home / "tables").mkdir(parents=True)
    (office.home / "tables" / "feeds.json").write_text(json.dumps({CAR: "2026-05-20"}), "utf-8")
    found = health(office, CAR)
    assert (found.last, found.newest, found.verdicts) == (date(2026, 5, 20), None, ())
