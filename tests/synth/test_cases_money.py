"""Planted income, money, sums and homes are in the files, and so is what clears lookalikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.synth.conftest import County, planted_alone

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

CLEARINGS = {
    "E02": {"X09", "X14"},
    "E12": {"X01", "X06"},
    "E13": {"X05", "X06", "X24"},
    "E14": {"X01", "X07", "X09"},
    "E18": {"X10", "X20"},
    "E19": {"X08"},
    "E20": {"X02", "X04", "X10"},
    "E21": {"X05", "X18"},
    "E24": {"X01"},
    "E25": {"X09", "X10", "X18"},
    "E26": {"X05", "X09", "X18"},
    "E27": {"X13"},
    "E28": {"X13"},
    "E46": {"X09"},
    "E47": {"X09"},
}
SOURCES = (
    "accident_claim",
    "account_transaction_summary",
    "assistance_case_history",
    "bank_balance",
    "commercial_life_insurance",
    "commercial_vehicle",
    "deed_tax",
    "demolition_compensation",
    "dibao_household_register",
    "dibao_member_register",
    "dishonest_list",
    "electricity_usage",
    "employee_pension_payment",
    "employee_social_insurance",
    "enforcement_case",
    "enterprise_registration",
    "enterprise_tax_filing",
    "hotline_ticket",
    "hukou_death_cancellation",
    "individual_income_tax",
    "inpatient_settlement",
    "judicial_auction",
    "migrant_wage_payment",
    "needy_workers",
    "personal_loan",
    "presale_contract",
    "private_school_fees",
    "public_payroll",
    "real_estate_registration",
    "real_estate_transfer",
    "registration_changes",
    "rental_invoice",
    "resident_pension_payment",
    "ride_hailing_vessel",
    "securities_account",
    "social_security_card",
    "temporary_assistance",
    "vehicle_registration",
    "wealth_products",
    "work_injury_benefit",
)
RARE = {"E18", "E28", "E19", "E20"}
LINE = {"城市": 780.0, "农村": 570.0}


@pytest.fixture(scope="module")
def money(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county of one block in which only these codes are planted."""
    rates = dict.fromkeys(CLEARINGS, 0.0045)
    rates |= {"L14": 0.0006, "L19": 0.0006, "E35": 0.012}
    return planted_alone(tmp_path_factory, rates, households=6_600, seed=3, sources=SOURCES)


def of(county: County, code: str, clearing: str = "") -> pd.DataFrame:
    """The facts of a code, cleared by one reason or by none."""
    role = "decoy" if clearing else "case"
    rows = county.cases(code, role)
    return rows[rows["clearing_code"] == clearing]


def own(
    county: County, source: str, people: Iterable[str], field: str = "person_id"
) -> pd.DataFrame:
    rows = county.rows(source)
    return rows[rows[field].isin(set(people))]


def members(county: County, household: str) -> int:
    rows = county.rows("dibao_member_register")
    return int((rows["household_id"] == household).sum())


def line(county: County, household: str) -> float:
    register = county.rows("dibao_household_register").drop_duplicates("household_id")
    kind = register.set_index("household_id")["urban_rural"][household]
    return LINE[str(kind)] * members(county, household)


def account(county: County, people: Iterable[str]) -> set[str]:
    return set(own(county, "social_security_card", people)["card_hash"])


@pytest.mark.parametrize("code", CLEARINGS)
def test_cases_have_two_lookalikes_each_for_every_reason(money: County, code: str) -> None:
    cases, decoys = money.cases(code), money.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(decoys) >= 2 * len(cases) - (2 if code in RARE else 0)
    assert set(decoys["clearing_code"]) == CLEARINGS[code]
    assert not set(cases["household_id"]) & set(decoys["household_id"])
    assert (cases["amount"] > 0).all()
    assert (cases["month_from"] <= cases["month_to"]).all()


def test_pensions_of_e13_are_over_the_line_and_draw_no_second_pension(money: County) -> None:
    cases = of(money, "E13")
    pensions = own(money, "employee_pension_payment", cases["person_id"]).set_index("person_id")
    for case in cases.to_dict("records"):
        amount = float(pensions["amount"][case["person_id"]])
        assert amount > line(money, case["household_id"])
        start = pensions["start_month"][case["person_id"]]
        assert start == case["month_from"].replace("-", "")
    assert not len(own(money, "resident_pension_payment", cases["person_id"]))


def test_lookalikes_of_e13_are_declared_within_grace_or_bereaved(money: County) -> None:
    declared = own(money, "dibao_member_register", of(money, "E13", "X05")["person_id"])
    pensions = own(money, "employee_pension_payment", of(money, "E13", "X05")["person_id"])
    both = declared.merge(pensions, on="person_id")
    assert len(both)
    assert (both["declared_income"].astype(float) == both["amount"].astype(float)).all()
    grace = own(
        money, "assistance_case_history", of(money, "E13", "X06")["household_id"], "household_id"
    )
    assert set(grace.loc[grace["grace_end"] != "", "household_id"]) == set(
        of(money, "E13", "X06")["household_id"]
    )
    left = own(money, "public_payroll", of(money, "E13", "X24")["person_id"])
    assert set(left["post_type"]) == {"遗属"}


def test_wages_of_e14_run_to_the_end_and_are_over_the_line(money: County) -> None:
    cases = of(money, "E14")
    pay = own(money, "migrant_wage_payment", cases["person_id"])
    months = pay.groupby("person_id")["pay_month"].agg(["min", "max", "size"])
    assert (months["max"] == "202606").all()
    assert (months["size"] >= 12).all()
    gross = pay["gross"].astype(float).groupby(pay["person_id"]).min()
    for case in cases.to_dict("records"):
        assert gross[case["person_id"]] > line(money, case["household_id"])
    assert not len(own(money, "employee_social_insurance", cases["person_id"]))


def test_foremen_of_e14_pay_the_money_on_and_borrowed_numbers_are_complained_of(
    money: County,
) -> None:
    people = of(money, "E14", "X09")["person_id"]
    flows = own(money, "account_transaction_summary", account(money, people), "account_hash")
    large = flows[flows["in_amount"].astype(float) > 30_000]
    assert large["account_hash"].nunique() == len(people)
    assert (large["out_amount"].astype(float) > 0.9 * large["in_amount"].astype(float)).all()
    for code, topic in (("E14", "冒名"), ("E12", "个税身份冒用")):
        tickets = own(
            money, "hotline_ticket", of(money, code, "X01")["person_id"], "subject_person_id"
        )
        assert set(tickets["subject_person_id"]) == set(of(money, code, "X01")["person_id"])
        assert set(zip(tickets["topic"], tickets["result"], strict=True)) == {(topic, "属实")}


def test_income_of_e12_is_taxed_and_not_insured(money: County) -> None:
    cases = of(money, "E12")
    tax = own(money, "individual_income_tax", cases["person_id"])
    assert (tax.groupby("person_id").size() >= 12).all()
    assert set(tax["person_id"]) == set(cases["person_id"])
    assert not len(own(money, "employee_social_insurance", cases["person_id"]))


def test_money_of_e25_is_over_the_limit_on_the_day_and_over_the_year(money: County) -> None:
    for case in of(money, "E25").to_dict("records"):
        total = 0.0
        for source, field in (
            ("bank_balance", "avg_12m"),
            ("wealth_products", "principal"),
            ("securities_account", "market_value"),
        ):
            total += own(money, source, [case["person_id"]])[field].astype(float).sum()
        assert total > 1.3 * 24 * line(money, case["household_id"])
    flags = own(money, "bank_balance", of(money, "E25", "X10")["person_id"])["account_flag"]
    assert set(flags) == {"冻结"}
    held = own(money, "bank_balance", of(money, "E25", "X09")["person_id"])["account_flag"]
    assert set(held) == {"代管"}


def test_sales_of_e26_are_over_the_line_after_cost_in_every_month(money: County) -> None:
    for case in of(money, "E26").to_dict("records"):
        flows = own(
            money,
            "account_transaction_summary",
            account(money, [case["person_id"]]),
            "account_hash",
        )
        flows = flows[flows["month"] >= case["month_from"].replace("-", "")]
        sold = flows["merchant_in"].astype(float)
        assert len(sold) >= 12
        assert sold.min() * 0.4 > line(money, case["household_id"])
        assert flows["in_count"].astype(int).min() > 50


def test_premiums_of_e27_are_paid_by_the_member_and_of_lookalikes_by_a_relative(
    money: County,
) -> None:
    for clearing in ("", "X13"):
        people = of(money, "E27", clearing)["person_id"]
        policies = own(money, "commercial_life_insurance", people, "insured_id")
        large = policies[policies["annual_premium"].astype(float) > 10_000]
        assert set(large["insured_id"]) == set(people)
        payers = set(large["payer_account_hash"])
        assert (payers == account(money, people)) is (clearing == "")
        assert not payers & account(money, people) or not clearing


def test_signs_of_e28_come_together(money: County) -> None:
    cases = of(money, "E28")
    fees = money.rows("private_school_fees")
    assert set(cases["person_id"]) <= set(fees["payer_id"])
    power = own(money, "electricity_usage", cases["person_id"], "account_holder")
    used = power["kwh"].astype(float).groupby(power["account_holder"]).max()
    assert (used > 500).all()
    paid_by = fees[fees["person_id"].isin(members_of(money, of(money, "E28", "X13")))]
    assert len(paid_by)
    assert not set(paid_by["payer_id"]) & members_of(money, of(money, "E28", "X13"))


def members_of(county: County, facts: pd.DataFrame) -> set[str]:
    rows = county.rows("dibao_member_register")
    return set(rows.loc[rows["household_id"].isin(facts["household_id"]), "person_id"])


def test_fronts_of_e24_share_day_and_telephone_and_victims_are_struck_off(money: County) -> None:
    companies = money.rows("enterprise_registration")
    for clearing in ("", "X01"):
        people = of(money, "E24", clearing)["person_id"]
        headed = companies[companies["legal_rep_id"].isin(people)]
        circle = headed.groupby("phone")
        assert (circle["uscc"].size() >= 3).all()
        assert (circle["legal_rep_id"].nunique() == 2).all()
        assert (circle["setup_date"].min() == circle["setup_date"].max()).all()
        assert not len(own(money, "enterprise_tax_filing", headed["uscc"], "uscc"))
        changes = own(money, "registration_changes", headed["uscc"], "uscc")
        struck = set(changes.loc[changes["item"] == "撤销冒名登记", "uscc"])
        assert struck == (set(headed["uscc"]) if clearing else set())


def test_accounts_of_e02_are_drawn_on_long_after_the_death(money: County) -> None:
    flows = money.rows("account_transaction_summary")
    drawn = flows[flows["post_death_withdrawal"].isin(["true", "True"])]
    for clearing, least in (("", 2), ("X14", 2), ("X09", 1)):
        people = of(money, "E02", clearing)["person_id"]
        deaths = own(money, "hukou_death_cancellation", people).set_index("person_id")
        assert set(deaths.index) == set(people)
        for person in people:
            own_draws = drawn[drawn["account_hash"].isin(account(money, [person]))]
            died = str(deaths["death_date"][person]).replace("-", "")[:6]
            assert len(own_draws) >= least
            assert bool((own_draws["month"] > died).all()) is (clearing != "X09")
            paid = own(money, "dibao_member_register", [person])
            assert (paid["removed_date"] != "").any()
    joint = own(money, "bank_balance", of(money, "E02", "X14")["person_id"])
    assert set(joint["account_flag"]) == {"共有"}


def test_courts_know_of_money_of_e46_and_treatment_eats_that_of_lookalikes(money: County) -> None:
    cases = of(money, "E46")["person_id"]
    seen: set[str] = set()
    for source in ("enforcement_case", "judicial_auction", "dishonest_list"):
        seen |= set(own(money, source, cases)["person_id"])
    assert seen == set(cases)
    for code in ("E46", "E47"):
        people = of(money, code, "X09")["person_id"]
        stays = own(money, "inpatient_settlement", people)
        spent = stays["self_pay"].astype(float).groupby(stays["person_id"]).sum()
        source = {"E46": "enforcement_case", "E47": "accident_claim"}[code]
        got = own(money, source, people).groupby("person_id")["amount"].first().astype(float)
        assert set(got.index) == set(people)
        assert (spent[got.index] > 0.9 * got).all()


def test_sums_of_e47_are_over_the_limit(money: County) -> None:
    sources = {
        "accident_claim": ("person_id", "amount"),
        "work_injury_benefit": ("person_id", "lump_sum"),
        "demolition_compensation": ("owner_id", "amount"),
    }
    for case in of(money, "E47").to_dict("records"):
        sums = [
            own(money, source, [case["person_id"]], field)[amount].astype(float).sum()
            for source, (field, amount) in sources.items()
        ]
        assert sum(sums) > 24 * line(money, case["household_id"])


def test_nominees_of_e19_own_what_a_member_pays_for(money: County) -> None:
    tax, homes = money.rows("deed_tax"), money.rows("real_estate_registration")
    loans = money.rows("personal_loan").set_index("person_id")
    for person in of(money, "E19")["person_id"]:
        paid = tax[tax["payer_account_hash"].isin(account(money, [person]))]
        holders = set(homes.loc[homes["unit_no"].isin(paid["property_no"]), "owner_id"]) - {person}
        assert len(holders) == 1
        assert set(loans["co_borrower_id"].loc[[person]]) == holders
        assert set(loans["type"].loc[[person]]) == {"房贷"}
    for fact in of(money, "E19", "X08").to_dict("records"):
        dwelling = own(money, "dibao_household_register", [fact["household_id"]], "household_id")[
            "address_code"
        ]
        owners = homes.loc[homes["address_code"].isin(dwelling), "owner_id"]
        assert len(owners) == 1
        assert fact["person_id"] not in set(owners)


def test_homes_of_e18_go_to_others_for_less_than_half(money: County) -> None:
    moved = money.rows("real_estate_transfer").set_index("from_id")
    cases = of(money, "E18")
    rows = moved.loc[cases["person_id"]]
    assert set(rows["transfer_type"]) <= {"赠与", "买卖"}
    assert (rows["price"].astype(float) < 100_000).all()
    ways = {"X10": "查封拍卖", "X20": "买卖"}
    for clearing, way in ways.items():
        assert set(moved["transfer_type"].loc[of(money, "E18", clearing)["person_id"]]) == {way}
    owing = own(money, "enforcement_case", of(money, "E18", "X10")["person_id"])
    assert set(owing["role"]) == {"被执行人"}


def test_flats_of_e20_are_contracted_and_not_registered(money: County) -> None:
    contracts = money.rows("presale_contract").set_index("buyer_ids")
    people = of(money, "E20")["person_id"]
    assert set(contracts["status"].loc[people]) == {"有效"}
    assert set(contracts["project_status"].loc[people]) == {"正常"}
    assert not len(own(money, "real_estate_registration", people, "owner_id"))
    assert set(contracts["status"].loc[of(money, "E20", "X02")["person_id"]]) == {"撤销"}
    assert set(contracts["project_status"].loc[of(money, "E20", "X04")["person_id"]]) == {"安置"}
    loans = own(money, "personal_loan", of(money, "E20", "X10")["person_id"])
    assert set(loans["type"]) == {"房贷"}


def test_rents_of_e21_are_more_than_a_tenth_of_the_line_and_declared_by_some(
    money: County,
) -> None:
    for clearing in ("", "X05", "X18"):
        for fact in of(money, "E21", clearing).to_dict("records"):
            rents = own(money, "rental_invoice", [fact["person_id"]], "landlord_id")
            monthly = rents["amount"].astype(float).max()
            share = monthly / line(money, fact["household_id"])
            assert bool(share > 0.1) is (clearing != "X18")
            said = own(money, "dibao_member_register", [fact["person_id"]])["declared_income"]
            assert bool(float(said.iloc[0]) == monthly) is (clearing == "X05")


def test_lorries_and_boats_of_e35_are_licensed_to_members(money: County) -> None:
    permits, boats = money.rows("commercial_vehicle"), money.rows("ride_hailing_vessel")
    cars = money.rows("vehicle_registration").set_index("plate")
    cases = set(of(money, "E35")["person_id"])
    licensed = permits[permits["operator_id"].isin(cases)]
    assert len(licensed) + len(boats[boats["holder_id"].isin(cases)])
    assert set(cars["vehicle_type"].loc[licensed["plate"]]) <= {"重型自卸货车"}
    gone = set(of(money, "E35", "X02")["person_id"])
    old = permits[permits["operator_id"].isin(gone)]
    assert set(cars["status"].loc[old["plate"]]) <= {"报废"}


def test_unpaid_of_l19_wait_and_those_who_were_paid_do_not(money: County) -> None:
    pay, cases = money.rows("migrant_wage_payment"), money.rows("enforcement_case")
    for role, status in (("case", "终结本次执行"), ("decoy", "执行完毕")):
        people = money.cases("L19", role)["person_id"]
        assert len(people) >= 2
        claims = cases[cases["person_id"].isin(people)]
        assert set(claims["status"]) == {status}
        unpaid = pay[pay["person_id"].isin(people) & (pay["net"].astype(float) == 0)]
        assert set(unpaid["person_id"]) | set(claims["person_id"]) == set(people)
        assert (unpaid["pay_month"].max() == "202606") is (role == "case")
    helped = set(money.rows("temporary_assistance")["person_id"])
    assert not helped & set(money.cases("L19")["person_id"])


def test_files_of_l14_are_open_and_nobody_tested_them(money: County) -> None:
    files = money.rows("needy_workers").set_index("person_id")
    cases = money.cases("L14")["person_id"]
    assert set(files["to_date"].loc[cases]) == {""}
    listed = set(money.rows("dibao_member_register")["person_id"])
    assert not listed & set(cases)
    asked = money.rows("assistance_case_history")
    refused = set(asked.loc[asked["event"] == "不予确认", "person_ids"])
    met = money.cases("L14", "decoy")["person_id"]
    closed = files["to_date"].loc[met] != ""
    assert set(closed[~closed].index) <= refused
    assert closed.any()
    assert not closed.all()
