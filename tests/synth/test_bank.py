"""What banks and insurers tell on authorisation stays within the limits of recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.synth.conftest import County

LIMIT = 24 * 570
"""Two years of the rural standard, a head."""


def helped(county: County) -> set[str]:
    members = set(county.rows("dibao_member_register")["person_id"])
    edge = county.rows("low_income_edge_register")["member_ids"].str.split("、")
    heads = set(county.rows("dibao_household_register")["head_id"])
    tekun = set(county.rows("tekun_register")["person_id"])
    return members | heads | tekun | set(edge.explode())


def innocent(county: County, rows: pd.DataFrame, field: str = "person_id") -> pd.DataFrame:
    return rows[~rows[field].isin(county.truth("cases")["person_id"])]


def test_banks_tell_only_about_recipients_and_applicants(county: County) -> None:
    known = helped(county)
    for source in ("bank_balance", "wealth_products", "personal_loan", "securities_account"):
        rows = innocent(county, county.rows(source))
        assert set(rows["person_id"]) <= known, source
    balances = county.rows("bank_balance")
    assert not balances.duplicated(["person_id", "account_hash", "as_of"]).any()
    assert set(balances["as_of"]) <= {"2026-03-31", "2026-04-30", "2026-05-31"}


def test_recipients_own_less_than_the_limit(county: County) -> None:
    total = pd.Series(dtype=float)
    for source, field in (
        ("bank_balance", "balance"),
        ("wealth_products", "principal"),
        ("securities_account", "market_value"),
    ):
        rows = innocent(county, county.rows(source))
        rows = rows[rows["account_flag"] != "代管"] if "account_flag" in rows else rows
        own = rows[field].astype(float).groupby(rows["person_id"]).sum()
        total = total.add(own, fill_value=0)
    assert total.max() < LIMIT
    assert 200 < total.median() < 2_500


def test_the_card_account_is_at_the_bank_that_issued_the_card(county: County) -> None:
    cards = county.rows("social_security_card").set_index("card_hash")["bank"]
    balances = county.rows("bank_balance")
    own = balances[balances["account_hash"].isin(cards.index)]
    assert len(own) > 0.6 * len(balances)
    own = innocent(county, own)
    assert (cards[own["account_hash"]].to_numpy() == own["bank"].to_numpy()).all()


def test_accounts_take_in_what_the_card_pays(county: County) -> None:
    flows, pay = county.rows("account_transaction_summary"), county.rows("one_card_payment")
    assert not flows.duplicated(["account_hash", "month"]).any()
    paid = pay[(pay["status"] == "成功") & (pay["amount"].astype(float) > 0)]
    paid = paid.assign(amount=paid["amount"].astype(float))
    sums = paid.groupby(["account_hash", "batch"])["amount"].sum().rename("paid").reset_index()
    both = flows.merge(sums, left_on=["account_hash", "month"], right_on=["account_hash", "batch"])
    assert len(both) > 1_000
    assert (both["in_amount"].astype(float) > both["paid"] - 0.01).mean() > 0.97
    assert (both["in_count"].astype(int) >= 1).all()


def test_only_planted_accounts_sell_much_or_are_emptied_after_a_death(county: County) -> None:
    flows = county.rows("account_transaction_summary")
    cards = county.rows("social_security_card").set_index("card_hash")["person_id"]
    flows = flows.assign(person_id=flows["account_hash"].map(cards))
    own = innocent(county, flows)
    assert own["merchant_in"].astype(float).max() < 400
    assert not own["post_death_withdrawal"].isin(["true", "True"]).any()


def test_loans_are_small_and_students_borrow_for_their_studies(county: County) -> None:
    loans = innocent(county, county.rows("personal_loan"))
    assert not set(loans["type"]) & {"房贷", "车贷"}
    assert loans["balance"].astype(float).max() < 30_000
    students = loans[loans["type"] == "助学"]
    assert (students["person_id"].str[6:10] > "1999").all()


def test_policies_of_recipients_cost_little(county: County) -> None:
    policies = innocent(county, county.rows("commercial_life_insurance"), "insured_id")
    assert policies["annual_premium"].astype(float).max() <= 400
    assert not policies["policy_no"].duplicated().any()
    given = policies[policies["type"] == "政府统保意外险"]
    assert len(set(given["payer_account_hash"])) == 1
    assert (given["cash_value"].astype(float) == 0).all()


def test_claims_are_paid_after_the_accident_to_people_who_live(county: County) -> None:
    claims = county.rows("accident_claim")
    assert (claims["event_date"] < claims["pay_date"]).all()
    assert not set(innocent(county, claims)["person_id"]) & helped(county)
    ill = claims[claims["type"] == "重大疾病"]
    assert set(ill["person_id"]) <= set(county.rows("severe_disease_register")["person_id"])


def test_withdrawals_are_of_people_with_an_account_or_retired(county: County) -> None:
    drawn = innocent(county, county.rows("provident_fund_loan_withdrawal"))
    saves = set(county.rows("provident_fund_contribution")["person_id"])
    retired = set(drawn.loc[drawn["type"] == "退休", "person_id"])
    assert set(drawn["person_id"]) - retired <= saves
    assert retired <= set(county.rows("public_payroll")["person_id"])
    partner = drawn["co_borrower_id"] != ""
    assert set(drawn.loc[partner, "type"]) == {"购房"}
