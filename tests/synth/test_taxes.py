"""Taxes, co-operatives, licences and public posts agree with what people own and do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.synth.conftest import County


def helped(county: County) -> set[str]:
    members = set(county.rows("dibao_member_register")["person_id"])
    return members | set(county.rows("tekun_register")["person_id"])


def planted(county: County) -> set[str]:
    return set(county.truth("cases")["person_id"])


def test_declared_wages_are_the_insured_ones(county: County) -> None:
    tax, insured = county.rows("individual_income_tax"), county.rows("employee_social_insurance")
    wages = tax[tax["income_type"] == "工资薪金所得"]
    both = wages.merge(
        insured,
        left_on=["person_id", "payer_uscc", "tax_month"],
        right_on=["person_id", "employer_uscc", "pay_month"],
    )
    assert len(both) > 5_000
    assert (both["income"].astype(float) == both["base"].astype(float)).mean() > 0.99
    over = tax["income"].astype(float) > 5_000
    assert (tax.loc[~over, "tax"].astype(float) == 0).all()


def test_some_payers_declare_only_what_is_taxed(county: County) -> None:
    tax, insured = county.rows("individual_income_tax"), county.rows("employee_social_insurance")
    low = insured[insured["base"].astype(float) <= 5_000]
    keys = set(zip(tax["person_id"], tax["tax_month"], strict=True))
    seen = [key in keys for key in zip(low["person_id"], low["pay_month"], strict=True)]
    assert 0.5 < sum(seen) / len(seen) < 0.95


def test_deed_tax_is_paid_before_the_registration_by_the_owner(county: County) -> None:
    tax, homes = county.rows("deed_tax"), county.rows("real_estate_registration")
    both = tax.merge(homes, left_on="property_no", right_on="unit_no")
    paid = both["pay_date"].str.replace("-", "")
    assert (both["taxpayer_id"] == both["owner_id"]).mean() > 0.97
    assert (paid < both["reg_date"].str.replace("-", "")).mean() > 0.97
    square = both["contract_price"].astype(float) / both["area"].astype(float)
    assert 2_000 < square.median() < 5_000


def test_rents_are_for_second_homes_of_their_owners(county: County) -> None:
    rents, homes = county.rows("rental_invoice"), county.rows("real_estate_registration")
    owned = set(zip(homes["owner_id"], homes["address"], strict=True))
    own = rents[~rents["landlord_id"].isin(planted(county))]
    pairs = zip(own["landlord_id"], own["property_address"], strict=True)
    assert all(pair in owned for pair in pairs)
    assert not rents["invoice_no"].duplicated().any()
    assert (homes.groupby("owner_id").size().reindex(own["landlord_id"]) > 1).all()


def test_purchase_tax_is_on_cars_that_are_registered_and_not_on_electric_ones(
    county: County,
) -> None:
    tax, cars = county.rows("vehicle_purchase_tax"), county.rows("vehicle_registration")
    both = tax.merge(cars.drop_duplicates("vin", keep="last"), on="vin")
    assert len(both) == len(tax)
    assert (both["payer_id"] == both["owner_id"]).all()
    assert not set(both["brand"]) & {"比亚迪"}
    assert not set(both["vehicle_type"]) & {"普通二轮摩托车", "残疾人机动轮椅车"}
    assert (both["pay_date"] < both["first_reg_date"].str.replace("/", "-")).all()


def test_recipients_are_members_of_cooperatives_in_name_only(county: County) -> None:
    members = county.rows("farmer_cooperative_members")
    companies = county.rows("enterprise_registration")
    assert set(members["coop_uscc"]) <= set(companies["uscc"])
    assert not members.duplicated(["coop_uscc", "member_id"]).any()
    poor = members[members["member_id"].isin(helped(county) - planted(county))]
    assert len(poor)
    assert set(poor["role"]) == {"成员"}
    assert (poor["contribution"].astype(float) == 0).all()
    chairs = members[members["role"] == "理事长"]
    assert len(chairs) == members["coop_uscc"].nunique()


def test_changes_are_of_registered_companies_and_name_no_numbers(county: County) -> None:
    changes = county.rows("registration_changes")
    companies = county.rows("enterprise_registration")
    assert set(changes["uscc"]) <= set(companies["uscc"])
    revoked = set(changes.loc[changes["item"] == "吊销", "uscc"])
    status = companies.set_index("uscc")["status"]
    assert (status[sorted(revoked)] == "吊销").all()
    people = set(county.rows("hukou_population")["person_id"])
    assert not (set(changes["before"]) | set(changes["after"])) & people


def test_licences_are_of_owners_of_businesses_or_of_disabled_people(county: County) -> None:
    licences = county.rows("tobacco_retail_licence")
    owners = set(county.rows("individual_business")["operator_id"])
    disabled = set(county.rows("disability_certificate")["person_id"])
    assert set(licences["holder_id"]) <= owners | disabled | planted(county)
    assert not licences["licence_no"].duplicated().any()
    assert not set(licences["holder_id"]) & helped(county) - planted(county)
    assert (licences["monthly_purchase"].astype(float) > 0).all()


def test_every_committee_member_is_paid_and_group_leaders_get_little(county: County) -> None:
    pay, roster = county.rows("village_cadre_pay"), county.rows("village_committee_roster")
    committee = roster[roster["role"].isin(["书记", "主任", "会计"])]
    assert set(committee["person_id"]) <= set(pay["person_id"])
    leaders = pay[pay["post"] == "村民小组长"]
    assert leaders["monthly"].astype(float).between(100, 300).all()
    assert not set(leaders["person_id"]) & set(roster["person_id"])
    assert (pay["to_month"] != "").any()
    assert not pay.duplicated(["person_id", "village", "post", "from_month"]).any()


def test_the_roster_of_staff_is_that_of_the_payroll(county: County) -> None:
    staff, payroll = county.rows("staffing_roster"), county.rows("public_payroll")
    in_post = payroll[payroll["post_type"] == "在编"]
    assert set(staff["person_id"]) == set(in_post["person_id"])
    now = staff[staff["to_date"] == ""]
    both = now.merge(in_post, on=["person_id", "unit"])
    assert len(both) >= len(in_post[in_post["to_month"] == ""])
