"""Months joined to spells and taken apart again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.graph.schema import schema
from doudi.graph.spells import LISTED, spell_query, unspell_query
from doudi.graph.tables import properties_of
from doudi.graph.workbench import MACROS

PAID = ("PAID", "Person", "Account")


def month(n: int) -> date:
    return date(2023 + n // 12, n % 12 + 1, 1)


def payment(n: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - free values
    common = {
        "fact_id": f"f{n}",
        "start_id": "p1",
        "end_id": "a1",
        "register": "dibao_household_register",
        "programme": "农村低保",
        "amount_yuan": 500.0,
        "status": "成功",
        "payment_no": f"n{n}",
        "valid_from": month(n),
        "valid_to": month(n + 1),
        "known_from": date(2026, 5, 5),
        "seq": 1,
        "retracted": False,
        "source": "one_card_payment",
        "batch": "2026-04",
        "row": n + 2,
        "grade": "exact",
        "digest": f"d{n}",
    }
    return common | values


@cache
def engine() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(MACROS)
    return con


def spelled(rows: list[dict[str, Any]], triple: tuple[str, str, str] = PAID) -> pa.Table:
    con = engine()
    con.register("facts", pa.Table.from_pylist(rows, schema=properties_of(*triple)))
    return con.sql(spell_query("facts", *triple) + " ORDER BY valid_from, rid").to_arrow_table()


def unspelled(spells: pa.Table, triple: tuple[str, str, str] = PAID) -> list[dict[str, Any]]:
    con = engine()
    con.register("spells", spells)
    found: list[dict[str, Any]] = (
        con.sql(unspell_query("spells", *triple)).to_arrow_table().to_pylist()
    )
    return found


def test_equal_months_become_one_spell() -> None:
    (spell,) = spelled([payment(n) for n in (2, 0, 1)]).to_pylist()
    assert (spell["valid_from"], spell["valid_to"]) == (month(0), month(3))
    assert spell["rows"] == "2026-04:2,2026-04:3,2026-04:4"
    assert spell["payment_no"] == "n0,n1,n2"


def test_a_gap_ends_a_spell() -> None:
    spells = spelled([payment(n) for n in (0, 1, 3)]).to_pylist()
    assert [s["valid_from"] for s in spells] == [month(0), month(3)]


def test_another_amount_starts_a_new_spell() -> None:
    rows = [payment(0), payment(1, amount_yuan=600.0), payment(2)]
    assert [s["amount_yuan"] for s in spelled(rows).to_pylist()] == [500.0, 600.0, 500.0]


def test_a_month_paid_twice_makes_two_spells() -> None:
    rows = [payment(n) for n in range(3)] + [payment(1, fact_id="again", payment_no="again")]
    spells = spelled(rows).to_pylist()
    assert sorted((s["valid_from"], s["valid_to"]) for s in spells) == [
        (month(0), month(3)),
        (month(1), month(2)),
    ]
    assert len({s["rid"] for s in spells}) == 2


def test_a_cancelled_payment_keeps_its_own_number() -> None:
    rows = [payment(n) for n in range(3)]
    rows.append(payment(3, amount_yuan=-500.0, reverses="n1"))
    spells = spelled(rows).to_pylist()
    assert [s["payment_no"] for s in spells] == ["n0", "n1", "n2", "n3"]


def test_an_interval_that_is_not_one_month_stands_alone() -> None:
    triple = ("EMPLOYED_BY", "Person", "PublicUnit")
    years = [
        payment(0, valid_to=month(12), kind="public_payroll"),
        payment(12, valid_to=month(24), kind="public_payroll"),
        payment(24, valid_to=None, kind="public_payroll"),
    ]
    keep = set(properties_of(*triple).names)
    rows = [{k: v for k, v in row.items() if k in keep} for row in years]
    spells = spelled(rows, triple)
    assert [s["rid"] for s in spells.to_pylist()] == ["f0", "f12", "f24"]
    months = unspelled(spells, triple)
    assert [(m["valid_from"], m["valid_to"]) for m in months] == [
        (month(0), month(12)),
        (month(12), month(24)),
        (month(24), None),
    ]


def test_a_spell_keeps_its_rid_when_it_grows() -> None:
    (short,) = spelled([payment(n) for n in range(2)]).to_pylist()
    (long,) = spelled([payment(n) for n in range(3)]).to_pylist()
    assert short["rid"] == long["rid"]
    assert short["digest"] != long["digest"]


def test_a_changed_source_row_changes_the_digest() -> None:
    (before,) = spelled([payment(n) for n in range(3)]).to_pylist()
    (after,) = spelled([payment(0), payment(1, digest="other"), payment(2)]).to_pylist()
    assert before["digest"] != after["digest"]


METER = ("USES_METER", "Person", "Meter")


def reading(n: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - free values
    own = {"quantity": f"{n}.5", "tariff": "居民", "vacant": False, "source": "electricity_usage"}
    kept = set(properties_of(*METER).names)
    return {k: v for k, v in (payment(n) | own | values).items() if k in kept}


def test_readings_that_differ_are_one_spell_with_a_list_of_them() -> None:
    rows = [reading(2), reading(0), reading(1, quantity=None)]
    spells = spelled(rows, METER)
    (spell,) = spells.to_pylist()
    assert (spell["quantity"], spell["valid_to"]) == ("0.5,,2.5", month(3))
    parts = sorted(unspelled(spells, METER), key=lambda row: row["valid_from"])
    assert [part["quantity"] for part in parts] == ["0.5", None, "2.5"]


def test_what_is_no_list_still_starts_a_new_spell() -> None:
    rows = [reading(0), reading(1), reading(2, vacant=True)]
    assert [s["quantity"] for s in spelled(rows, METER).to_pylist()] == ["0.5,1.5", "2.5"]


def test_readings_of_which_none_is_known_are_no_list() -> None:
    rows = [reading(n, quantity=None) for n in (0, 1)]
    assert [s["quantity"] for s in spelled(rows, METER).to_pylist()] == [None]


def test_a_value_with_a_comma_stands_alone() -> None:
    rows = [reading(0), reading(1, quantity="1,5"), reading(2)]
    assert [s["quantity"] for s in spelled(rows, METER).to_pylist()] == ["0.5", "1,5", "2.5"]


def test_every_list_is_of_declared_texts_of_a_month_relation() -> None:
    for kind, names in LISTED.items():
        relation = schema().relation(kind)
        assert relation.month
        assert set(names) <= {p.name for p in relation.properties if p.type == "string"}


NOT_KEPT = {"fact_id", "known_from", "seq", "retracted", "digest"}
MONTHLY = [name for name in properties_of(*PAID).names if name not in NOT_KEPT]


@st.composite
def payments(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for n in range(draw(st.integers(0, 25))):
        at = draw(st.integers(0, 8))
        rows.append(
            payment(
                n,
                start_id=draw(st.sampled_from(["p1", "p2"])),
                amount_yuan=draw(st.sampled_from([500.0, 0.1 + 0.2, None])),
                household_id=draw(st.sampled_from([None, "", "H1"])),
                payment_no=draw(st.sampled_from([None, f"n{n}", f"n{n},x", "n1"])),
                reverses=draw(st.sampled_from([None, None, None, "n1", "n2"])),
                valid_from=month(at),
                valid_to=draw(st.sampled_from([month(at + 1), month(at + 1), month(at + 3), None])),
                grade=draw(st.sampled_from(["exact", "repaired"])),
                batch=draw(st.sampled_from(["2026-04", "a:b"])),
            )
        )
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(payments())
def test_taking_spells_apart_gives_every_month_back(rows: list[dict[str, Any]]) -> None:
    spells = spelled(rows)
    rids = spells["rid"].to_pylist()
    assert len(set(rids)) == len(rids)

    def bag(records: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
        return Counter(tuple(record.get(name) for name in MONTHLY) for record in records)

    assert bag(unspelled(spells)) == bag(rows)
