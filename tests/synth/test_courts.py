"""Court records, the union's list and transport permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tests.synth.conftest import County


def recipients(county: County) -> set[str]:
    members = set(county.rows("dibao_member_register")["person_id"])
    return members | set(county.rows("tekun_register")["person_id"])


def innocent(county: County, rows: pd.DataFrame, field: str = "person_id") -> pd.DataFrame:
    return rows[~rows[field].isin(county.truth("cases")["person_id"])]


def test_creditors_are_paid_and_poor_debtors_own_nothing(county: County) -> None:
    cases = innocent(county, county.rows("enforcement_case"))
    last = cases.drop_duplicates(["case_no", "person_id", "role"], keep="last")
    creditors = last[last["role"] == "申请人"]
    assert len(creditors)
    assert set(creditors["status"]) == {"执行完毕"}
    assert not set(creditors["person_id"]) & recipients(county)
    poor = last[last["person_id"].isin(recipients(county))]
    assert set(poor["status"]) <= {"终结本次执行"}
    closed = last[last["closed"] != ""]
    assert (closed["filed"] < closed["closed"]).all()


def test_the_dishonest_owe_and_are_listed_after_the_enforcement(county: County) -> None:
    listed = innocent(county, county.rows("dishonest_list"))
    cases = county.rows("enforcement_case")
    unable = cases[cases["status"] == "终结本次执行"]
    assert set(listed["person_id"]) <= set(unable["person_id"])
    assert not set(listed["person_id"]) & recipients(county)
    gone = listed[listed["removed"] != ""]
    assert (gone["published"] < gone["removed"]).all()


def test_divorces_by_court_are_not_in_the_civil_register(county: County) -> None:
    judgments, civil = county.rows("court_divorce_judgments"), county.rows("divorce_registration")
    spoken = judgments[judgments["type"] == "离婚"]["party_ids"]
    registered = set(zip(civil["husband_id"], civil["wife_id"], strict=True))
    couples = {tuple(told.split("、")) for told in spoken}
    assert not couples & registered
    assert 0.02 < len(couples) / (len(couples) + len(registered)) < 0.45
    married = county.rows("marriage_registration")
    wed = set(zip(married["husband_id"], married["wife_id"], strict=True))
    assert len(couples & wed) > 0.6 * len(couples)


def test_keep_has_a_payer_and_a_payee_among_the_parties(county: County) -> None:
    judgments = county.rows("court_divorce_judgments")
    keep = judgments[judgments["type"].isin(["抚养", "赡养"])]
    assert len(keep)
    for parties, payer, payee in zip(
        keep["party_ids"], keep["payer_id"], keep["payee_id"], strict=True
    ):
        assert {payer, payee} == set(parties.split("、"))
    assert keep["alimony"].astype(float).between(100, 1_000).all()


def test_the_missing_and_the_declared_dead_are_not_in_the_county(county: County) -> None:
    judgments = county.rows("court_divorce_judgments")
    absent = judgments[judgments["type"].isin(["宣告失踪", "宣告死亡"])]
    assert len(absent) >= 2
    people = set(county.rows("hukou_population")["person_id"])
    assert not set(innocent(county, absent, "party_ids")["party_ids"]) & people


def test_sellers_at_auction_owe_and_buyers_are_no_recipients(county: County) -> None:
    sold = innocent(county, county.rows("judicial_auction"))
    cases = county.rows("enforcement_case")
    owing = set(cases.loc[cases["role"] == "被执行人", "person_id"])
    assert set(sold.loc[sold["role"] == "被执行人", "person_id"]) <= owing
    assert not set(sold["person_id"]) & recipients(county)
    assert (sold["price"].astype(float) > 10_000).all()


def test_open_files_of_needy_workers_are_of_watched_homes(county: County) -> None:
    files = innocent(county, county.rows("needy_workers"))
    assert not files.duplicated(["person_id", "from_date"]).any()
    watched = set(county.rows("monitored_household")["members"].str.split(";").explode())
    open_ = files[files["to_date"] == ""]
    assert set(open_["person_id"]) <= watched
    insured = set(county.rows("employee_social_insurance")["person_id"])
    assert len(set(files["person_id"]) & insured) > 0.7 * len(files)


def test_permits_are_of_registered_vehicles_and_some_hide_the_owner(county: County) -> None:
    permits, cars = county.rows("commercial_vehicle"), county.rows("vehicle_registration")
    assert not permits["permit"].duplicated().any()
    both = permits.merge(cars.drop_duplicates("plate", keep="last"), on="plate")
    assert len(both) == len(permits)
    hidden = both["operator_id"] != both["owner_id"]
    assert 0.2 < hidden.mean() < 0.7
    companies = set(county.rows("enterprise_registration")["uscc"])
    assert set(both.loc[hidden, "operator_id"]) <= companies
    assert set(both["use_nature"]) <= {"营运", "出租客运"}


def test_hailed_cars_are_driven_by_owners_of_cars(county: County) -> None:
    hailed = innocent(county, county.rows("ride_hailing_vessel"), "holder_id")
    cars = set(county.rows("vehicle_registration")["owner_id"])
    assert set(hailed.loc[hailed["type"] == "网约车", "holder_id"]) <= cars
    assert set(hailed["status"]) == {"有效", "注销"}
    assert not set(hailed["holder_id"]) & recipients(county)
