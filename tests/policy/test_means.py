from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from doudi.graph.errors import PolicyError, UnknownName, UsageError
from doudi.policy.means import EXTRA, LEDGER, means_ledger, recompute
from doudi.policy.show import moved, shown

if TYPE_CHECKING:
    from .conftest import County

RURAL = "dibao.std_month_rural"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def ledger(county: County, as_of: date | None = JUNE) -> dict[tuple[str, date], dict[str, Any]]:
    if not county.rules:
        county.rule(RURAL, 570, "2018-07")
    table = means_ledger(county.projection(), county.parameters(), as_of=as_of)
    assert table.schema == LEDGER
    return {(row["household_id"].split("/")[-1], row["month"]): row for row in table.to_pylist()}


@pytest.mark.parametrize(("wage", "over"), [(1335.99, False), (1336.0, False), (1336.02, True)])
def test_income_over_the_line_begins_above_it(county: County, wage: float, *, over: bool) -> None:
    county.household("D1", "p1", "p2")
    county.wage("p1", wage, "2026-06")
    row = ledger(county)["D1", JUNE]
    assert (row["members"], row["deduct_yuan"], row["line_yuan"]) == (2, 196.0, 570.0)
    assert row["over_line"] is over


def test_wage_counts_only_in_its_months(county: County) -> None:
    county.household("D1", "p1", since="2026-04")
    county.paid("p1", "2026-04", "2026-07")
    county.wage("p1", 2000, "2026-05", "2026-06")
    rows = ledger(county)
    assert {key[1].month: row["over_line"] for key, row in rows.items()} == {
        4: False, 5: True, 6: False,
    }  # fmt: skip


def test_insurance_fund_and_payroll_of_one_person_are_one_wage(county: County) -> None:
    county.household("D1", "p1")
    county.wage("p1", 2000, "2026-01")
    county.wage("p1", 2200, "2026-01", kind="provident_fund")
    county.wage("p1", 2100, "2026-01", kind="public_payroll", employer="县水利局")
    assert ledger(county)["D1", JUNE]["wage_yuan"] == 2200


@pytest.mark.parametrize(
    "values",
    [{"flexible": True}, {"status": "停缴"}, {"status": "补缴"}, {"grade": "possible"},
     {"kind": "provident_fund", "status": "封存"}],
)  # fmt: skip
def test_contributions_that_show_no_wage_do_not_count(
    county: County, values: dict[str, Any]
) -> None:
    county.household("D1", "p1")
    county.wage("p1", 2000, "2026-01", **values)
    assert ledger(county)["D1", JUNE]["wage_yuan"] == 0


def test_welfare_post_counts_only_where_the_rule_says_so(county: County) -> None:
    county.household("D1", "p1")
    county.wage("p1", 900, "2026-01", kind="welfare_post", employer="公益性岗位/保洁")
    row = ledger(county)["D1", JUNE]
    assert (row["wage_yuan"], row["welfare_post_yuan"], row["over_line"]) == (0, 900, False)
    county.rule("income.welfare_post_counted", 1, "2018-07")
    assert ledger(county)["D1", JUNE]["wage_yuan"] == 900


def test_pension_from_the_payroll_is_a_transfer(county: County) -> None:
    county.household("D1", "p1")
    county.wage("p1", 2000, "2026-01", kind="public_payroll", employer="县水利局", post_type="退休")
    row = ledger(county)["D1", JUNE]
    assert (row["wage_yuan"], row["transfer_yuan"], row["deduct_yuan"]) == (0, 2000, 0)


def test_profit_is_spread_over_its_period_by_share(county: County) -> None:
    county.household("D1", "p1", since="2026-02")
    county.paid("p1", "2026-02", "2026-07")
    county.node("Company", "shop", kind="individual")
    county.node("Company", "firm", kind="enterprise", type="有限责任公司")
    county.link("LEGAL_REP_OF.Person.Company", "p1", "shop")
    county.link("LEGAL_REP_OF.Person.Company", "p1", "firm")
    county.link("SHAREHOLDER_OF.Person.Company", "p1", "firm", ratio=0.25)
    for firm, profit in (("shop", 3000.0), ("firm", 12000.0)):
        county.node("TaxFiling", f"{firm}/2026-05", period_end=MAY, period_months=3,
                    profit_yuan=profit, status="正常")  # fmt: skip
        county.link("FILED.Company.TaxFiling", firm, f"{firm}/2026-05")
    found = {key[1].month: row["business_yuan"] for key, row in ledger(county).items()}
    assert found == {2: 0, 3: 2000, 4: 2000, 5: 2000, 6: 0}


def test_loss_is_not_set_against_a_wage(county: County) -> None:
    county.household("D1", "p1")
    county.wage("p1", 2000, "2026-01")
    county.node("Company", "shop", kind="individual")
    county.link("LEGAL_REP_OF.Person.Company", "p1", "shop")
    county.node("TaxFiling", "f", period_end=JUNE, period_months=1, profit_yuan=-5000.0)
    county.link("FILED.Company.TaxFiling", "shop", "f")
    assert ledger(county)["D1", JUNE]["income_pc_yuan"] == 1804


def test_dead_and_conscripts_are_not_counted(county: County) -> None:
    county.household("D1", "p1", "p2", "p3")
    county.paid("p1", "2026-05", "2026-07")
    county.link("DIED.Person.DeathRecord", "p2", "d", valid_from=date(2026, 5, 20))
    county.node("Person", "p3", hukou_status="服现役", hukou_status_date=date(2025, 9, 1))
    rows = ledger(county)
    assert (rows["D1", MAY]["members"], rows["D1", JUNE]["members"]) == (2, 1)
    trace = json.loads(rows["D1", JUNE]["trace"])
    assert trace["not_counted"] == [
        {"person": "p2", "reason": "dead"}, {"person": "p3", "reason": "in service"},
    ]  # fmt: skip


def test_member_counts_while_the_membership_lasts(county: County) -> None:
    household = county.household("D1", "p1")
    county.member("p2", household, valid_from=date(2026, 6, 15))
    county.member("p3", household, valid_to=date(2026, 6, 1))
    county.paid("p1", "2026-05", "2026-07")
    rows = ledger(county)
    assert json.loads(rows["D1", MAY]["trace"])["members"] == ["p1", "p3"]
    assert json.loads(rows["D1", JUNE]["trace"])["members"] == ["p1", "p2"]


def test_tekun_person_is_judged_apart_from_the_household(county: County) -> None:
    county.household("D1", "p1", "p2")
    county.node("Benefit", "tekun_register/p2", register="tekun_register", programme="特困",
                start_date=date(2026, 1, 1))  # fmt: skip
    county.link("RECEIVES.Person.Benefit", "p2", "tekun_register/p2")
    county.wage("p2", 3000, "2026-01")
    row = ledger(county)["D1", JUNE]
    assert (row["members"], row["wage_yuan"]) == (1, 0)


def test_declared_income_stands_where_registers_are_silent(county: County) -> None:
    household = county.household("D1", "p1")
    county.member("p2", household, declared_income_yuan=900.0)
    assert ledger(county)["D1", JUNE]["income_pc_yuan"] == 450
    county.wage("p2", 700, "2026-01")
    assert ledger(county)["D1", JUNE]["income_pc_yuan"] == 252


def test_income_declared_by_the_household_is_a_floor(county: County) -> None:
    county.household("D1", "p1", declared_income_pc_yuan=400.0)
    county.wage("p1", 500, "2026-06")
    row = ledger(county)["D1", JUNE]
    assert (row["declared_pc_yuan"], row["income_pc_yuan"]) == (400, 400)


def test_payment_past_the_end_of_the_benefit_has_a_row(county: County) -> None:
    county.household("D1", "p1")
    county.rows[("Benefit",)][0]["end_date"] = date(2026, 6, 1)
    county.paid("p1", "2026-04", "2026-07")
    assert ("D1", JUNE) in ledger(county, None)


def test_town_and_country_have_their_own_lines(county: County) -> None:
    county.household("D1", "p1", urban_rural="城市")
    county.household("D2", "p2")
    rows = ledger(county)
    assert (rows["D1", JUNE]["line_yuan"], rows["D2", JUNE]["line_yuan"]) == (780, 570)


def test_raised_line_takes_a_household_under_it(county: County) -> None:
    county.rule(RURAL, 540, "2025-01", "2026-06")
    county.rule(RURAL, 570, "2026-06")
    county.household("D1", "p1")
    county.paid("p1", "2026-05", "2026-07")
    county.wage("p1", 751, "2026-01")
    rows = ledger(county)
    assert (rows["D1", MAY]["over_line"], rows["D1", JUNE]["over_line"]) == (True, False)


def test_month_without_a_standard_stops_the_ledger(county: County) -> None:
    county.household("D1", "p1", since="2015-01")
    county.paid("p1", "2015-01", "2015-03")
    with pytest.raises(PolicyError, match="area 539901001002, 2015-01"):
        means_ledger(county.projection(), county.parameters(), as_of=None)


def test_spouse_counted_in_brings_wage_and_mouth(county: County) -> None:
    household = county.household("D1", "p1", since="2026-05")
    county.household("D2", "p3")
    county.paid("p1", "2026-05", "2026-07")
    county.wage("p2", 2196, "2026-01")
    rows = [{"household_id": household, "person_id": "p2", "valid_from": JUNE, "valid_to": None}]
    extra = pa.Table.from_pylist(rows * 2, schema=EXTRA)
    table = recompute(county.projection(), county.parameters(), extra)
    found = {row["month"]: (row["members"], row["income_pc_yuan"]) for row in table.to_pylist()}
    assert found == {MAY: (1, 0), JUNE: (2, 1000)}
    assert set(table["household_id"].to_pylist()) == {household}


def test_trace_names_wage_source_and_line(county: County) -> None:
    county.household("D1", "p1")
    county.wage("p1", 2000, "2026-01")
    trace = json.loads(ledger(county)["D1", JUNE]["trace"])
    assert trace["pay"][0] | {"rid": ""} == {
        "person": "p1", "part": "wage", "kind": "social_insurance", "yuan": 2000, "rid": "",
    }  # fmt: skip
    assert trace["line"] == {
        "parameter": RURAL, "area_code": "539901000000", "document_no": "民发〔2018〕1号",
        "origin": "delivered",
    }  # fmt: skip


def test_empty_county_has_an_empty_ledger(county: County) -> None:
    county.node("Company", "c")
    assert ledger(county) == {}


def test_diff_lists_who_moves_and_where_to(county: County) -> None:
    county.household("D1", "p1")
    county.household("D2", "p2")
    county.rule(RURAL, 570, "2018-07")
    county.wage("p1", 780, "2026-01")
    county.wage("p2", 3000, "2026-01")
    projection, parameters = county.projection(), county.parameters()
    table = moved(projection, parameters, [f"{RURAL}=600"], month=JUNE)
    assert table["household_id"].tolist() == ["dibao_household_register/D1"]
    assert table["moves"].tolist() == ["under"]
    assert moved(projection, parameters, [f"{RURAL}=584"], month=JUNE)["moves"].tolist() == [
        "under"
    ]
    assert moved(projection, parameters, [f"{RURAL}=583.99"], month=JUNE).empty


@pytest.mark.parametrize(
    ("change", "error"), [("dibao=1", UnknownName), (f"{RURAL}=much", UsageError)]
)
def test_change_that_cannot_be_read_is_refused(
    county: County, change: str, error: type[Exception]
) -> None:
    county.node("Company", "c")
    with pytest.raises(error):
        moved(county.projection(), county.parameters(), [change], month=JUNE)


def test_shown_parameters_say_what_is_in_force(county: County) -> None:
    county.rule(RURAL, 570, "2025-07")
    table = shown(county.parameters(), month=JUNE).set_index("param")
    assert table.loc[RURAL, "value"] == 570
    assert table.loc[RURAL, "origin"] == "delivered"
    assert table.loc["edge.multiple", "origin"] == "shipped"
    with pytest.raises(UnknownName):
        shown(county.parameters(), month=JUNE, name="edge.multipel")
