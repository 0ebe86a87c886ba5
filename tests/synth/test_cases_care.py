"""Planted facts about members, care, children and unmet needs, and what clears their lookalikes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.synth.conftest import County, planted_alone

ERRORS = {
    "E04": {"X15", "X19"},
    "E06": {"X16"},
    "E07": {"X16", "X08"},
    "E08": {"X08", "X15"},
    "E29": {"X20", "X18"},
    "E37": {"X04", "X15"},
    "E38": {"X08", "X06"},
    "E40": {"X23", "X19"},
    "E43": {"X06"},
    "E45": {"X15", "X20"},
}
NEEDS = (
    *("L02", "L04", "L07", "L08", "L09", "L10", "L11"),
    *("L13", "L15", "L16", "L17", "L20", "L23"),
)
HOMES = 5_000
SOME = 0.006
RARE = {"L07": 0.001, "L08": 0.01, "L09": 0.0012, "L10": 0.0012, "L15": 0.05, "L16": 0.1}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted."""
    rates = dict.fromkeys(ERRORS, SOME) | dict.fromkeys(NEEDS, 0.0008)
    rates |= RARE | {"L17": SOME, "L23": 0.05}
    return planted_alone(tmp_path_factory, rates, seed=2, households=HOMES)


def day(column: pd.Series) -> pd.Series:
    told = column.str.replace("年", "-").str.replace("月", "-").str.replace("日", "")
    told = told.str.replace(".", "-").str.replace("/", "-")
    return pd.to_datetime(told.where(told != ""), format="mixed")


def number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.str.replace(",", ""))


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    names = [str(name) for name in rows.columns]
    return [dict(zip(names, row, strict=True)) for row in rows.to_numpy().tolist()]


def by(rows: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """The last row of each key."""
    return {row[key]: row for row in records(rows)}


def facts(made: County, code: str, role: str = "case") -> list[dict[str, Any]]:
    return records(made.cases(code, role))


def decoys(made: County, code: str, clearing: str) -> pd.DataFrame:
    rows = made.cases(code, "decoy")
    return rows[rows["clearing_code"] == clearing]


@pytest.mark.parametrize("code", ERRORS)
def test_errors_have_cases_and_lookalikes_of_every_reason(made: County, code: str) -> None:
    cases, innocent = made.cases(code), made.cases(code, "decoy")
    assert len(cases) >= 2
    assert set(innocent["clearing_code"]) == ERRORS[code]
    assert (cases["amount"] > 0).all()
    assert not set(cases["household_id"]) & set(innocent["household_id"])


@pytest.mark.parametrize("code", NEEDS)
def test_needs_have_cases_and_lookalikes(made: County, code: str) -> None:
    cases, met = made.cases(code), made.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(met) >= 2
    assert not set(cases["household_id"]) & set(met["household_id"])


def test_members_of_e37_are_inside_while_their_household_is_paid(made: County) -> None:
    inside = pd.concat(
        [
            made.rows("prison_inmates")[["person_id", "term_from", "actual_release"]],
            made.rows("detention_detox").rename(columns={"from_date": "term_from"})[
                ["person_id", "term_from"]
            ],
        ]
    ).fillna("")
    inside["begin"] = day(inside["term_from"]).dt.strftime("%Y-%m")
    members = made.rows("dibao_member_register")
    for case in facts(made, "E37"):
        own = inside[inside["person_id"] == case["person_id"]]
        assert len(own) == 1
        assert (own["actual_release"] == "").all()
        assert own["begin"].iloc[0] < case["month_from"]
        assert case["person_id"] in set(members["person_id"])
    out = decoys(made, "E37", "X04")["person_id"]
    assert set(out) <= set(made.rows("community_correction")["person_id"])
    early = inside[inside["person_id"].isin(decoys(made, "E37", "X15")["person_id"])]
    assert (early["actual_release"] != "").all()


def test_certificates_of_e40_expired_before_the_last_payments(made: County) -> None:
    cards = by(made.rows("disability_certificate"), "person_id")
    for role in ("case", "decoy"):
        rows = made.cases("E40", role)
        for fact in records(rows):
            ends = day(pd.Series([cards[fact["person_id"]]["valid_to"]])).dt.strftime("%Y-%m")
            assert ends.iloc[0] < fact["month_from"]
    asked = decoys(made, "E40", "X23")["person_id"]
    events = made.rows("assistance_case_history")
    renewals = events[events["reason_code"] == "残疾证到期换证"]
    assert set(renewals["person_ids"]) >= set(asked)
    back = decoys(made, "E40", "X19")["person_id"]
    pay = made.rows("one_card_payment")
    returned = pay[pay["payee_id"].isin(back) & (number(pay["amount"]) < 0)]
    assert set(returned["payee_id"]) == set(back)


def test_grown_orphans_of_e43_are_paid_and_only_the_lookalikes_at_school(made: County) -> None:
    students = set(made.rows("student_enrolment")["person_id"])
    cases, innocent = made.cases("E43"), made.cases("E43", "decoy")
    assert not set(cases["person_id"]) & students
    assert set(innocent["person_id"]) <= students
    for case in records(cases):
        assert int(case["person_id"][6:10]) + 18 <= int(case["month_from"][:4])


def test_people_of_e45_left_the_institution_that_is_paid_for(made: County) -> None:
    rows = made.rows("institution_residents").drop_duplicates(
        ["person_id", "check_in"], keep="last"
    )
    tekun = by(made.rows("tekun_register"), "person_id")
    for case in facts(made, "E45"):
        own = rows[rows["person_id"] == case["person_id"]]
        assert (own["check_out"] != "").all()
        assert tekun[case["person_id"]]["support_mode"] == "集中"
        assert day(own["check_out"]).max().strftime("%Y-%m") < case["month_from"]
    for innocent in made.cases("E45", "decoy")["person_id"]:
        assert (rows.loc[rows["person_id"] == innocent, "check_out"] == "").any()
    ill = set(decoys(made, "E45", "X20")["person_id"])
    assert ill <= set(made.rows("inpatient_settlement")["person_id"])


def test_benefits_of_e04_are_paid_side_by_side(made: County) -> None:
    pay = made.rows("one_card_payment")
    for case in facts(made, "E04"):
        own = pay[(pay["payee_id"] == case["person_id"]) & (pay["status"] == "成功")]
        month = case["month_from"].replace("-", "")
        programmes = set(own.loc[own["benefit_month"] >= month, "programme"])
        assert "特困供养" in programmes
        assert programmes & {"农村低保", "城市低保", "重度残疾人护理补贴"}
    once = decoys(made, "E04", "X15")
    assert (once["month_from"] == once["month_to"]).all()


def test_earners_of_e08_live_at_the_address_and_are_not_listed(made: County) -> None:
    members = set(made.rows("dibao_member_register")["person_id"])
    wages = made.rows("employee_social_insurance")
    homes = {
        k: row["address_code"]
        for k, row in by(made.rows("dibao_household_register"), "household_id").items()
    }
    people = by(made.rows("hukou_population"), "person_id")
    for case in facts(made, "E08"):
        assert case["person_id"] not in members
        own = wages[wages["person_id"] == case["person_id"]]
        assert own["pay_month"].min() == case["month_from"].replace("-", "")
        assert homes[case["household_id"]] is not None
        parents = {people[case["person_id"]]["father_id"], people[case["person_id"]]["mother_id"]}
        assert parents & members
    away = decoys(made, "E08", "X08")["person_id"]
    assert set(away) <= set(made.rows("residence_permit")["person_id"])


def test_members_of_e38_are_gone_and_still_listed(made: County) -> None:
    members = made.rows("dibao_member_register")
    listed = set(members.loc[members["removed_date"] == "", "person_id"])
    moves = made.rows("hukou_change")
    gone = set(moves.loc[moves["change_type"].isin(["迁出", "入伍"]), "person_id"])
    gone |= set(made.rows("religious_personnel")["person_id"])
    assert set(made.cases("E38")["person_id"]) <= listed & gone
    returned = set(decoys(made, "E38", "X08")["person_id"])
    for change, reasons in (("迁出", ("升学", "随迁务工")), ("迁入", ("毕业回原籍", "返乡"))):
        told = moves[(moves["change_type"] == change) & moves["reason"].isin(reasons)]
        assert returned <= set(told["person_id"])
    register = by(made.rows("dibao_household_register"), "household_id")
    grace = decoys(made, "E38", "X06")["household_id"]
    assert all(register[home]["grace_end"] for home in grace)


def test_journeys_of_e29_are_their_own_and_the_lookalikes_have_a_reason(made: County) -> None:
    rows = made.rows("exit_entry")
    tours = rows[rows["purpose"] == "旅游"]
    assert set(made.cases("E29")["person_id"]) <= set(tours["person_id"])
    ill = decoys(made, "E29", "X20")["person_id"]
    assert set(rows.loc[rows["purpose"] == "就医", "person_id"]) >= set(ill)
    border = rows[rows["person_id"].isin(decoys(made, "E29", "X18")["person_id"])]
    assert (border["exit_date"] == border["entry_date"]).all()


def test_couples_of_e06_divorced_just_before_and_share_an_address(made: County) -> None:
    divorces, people = made.rows("divorce_registration"), made.rows("hukou_population")
    address = {k: row["address_code"] for k, row in by(people, "person_id").items()}
    register = by(made.rows("dibao_household_register"), "household_id")
    members = set(made.rows("dibao_member_register")["person_id"])
    tickets = made.rows("hotline_ticket")
    violence = set(tickets.loc[tickets["topic"] == "家庭暴力", "subject_person_id"])
    for role in ("case", "decoy"):
        for fact in facts(made, "E06", role):
            own = divorces[
                (divorces["husband_id"] == fact["person_id"])
                | (divorces["wife_id"] == fact["person_id"])
            ]
            pair = {own["husband_id"].iloc[0], own["wife_id"].iloc[0]}
            (other,) = pair - {fact["person_id"]}
            assert other not in members
            assert address[other] == address[fact["person_id"]]
            start = pd.to_datetime(register[fact["household_id"]]["start_month"], format="%Y%m")
            before = start - day(own["divorce_date"]).iloc[0]
            assert 0 < before.days < 366
            assert (fact["person_id"] in violence) == (role == "decoy")


def test_parents_of_e07_left_the_book_but_not_the_house(made: County) -> None:
    moves = made.rows("hukou_change")
    listed = made.rows("hukou_population")
    people = by(listed, "person_id")
    wages = set(made.rows("employee_social_insurance")["person_id"])
    register = by(made.rows("dibao_household_register"), "household_id")
    for fact in facts(made, "E07"):
        own = moves[(moves["person_id"] == fact["person_id"]) & (moves["change_type"] == "分户")]
        assert len(own) == 1
        assert people[fact["person_id"]]["hukou_book_no"] == own["to_book"].iloc[0]
        where = people[fact["person_id"]]["address_code"]
        assert register[fact["household_id"]]["address_code"] == where
        near = listed[listed["address_code"] == where]
        children = near[
            (near["father_id"] == fact["person_id"]) | (near["mother_id"] == fact["person_id"])
        ]
        assert set(children["person_id"]) & wages
    land = decoys(made, "E07", "X16")["person_id"]
    assert set(land) <= set(moves.loc[moves["reason"] == "土地确权", "person_id"])


def test_own_costs_of_l02_are_over_the_line_and_unmet(made: County) -> None:
    stays = made.rows("inpatient_settlement")
    own = number(stays["self_pay"]).groupby(stays["person_id"]).sum()
    aided = set(made.rows("medical_assistance")["person_id"])
    rigid = set(";".join(made.rows("rigid_expenditure_register")["member_ids"]).split(";"))
    cases, met = set(made.cases("L02")["person_id"]), set(made.cases("L02", "decoy")["person_id"])
    assert min(own[p] for p in cases | met) > 17_400
    assert not cases & (aided | rigid)
    assert met <= aided | rigid


def test_the_bereaved_of_l04_have_no_help_and_a_death_record(made: County) -> None:
    births, aid = made.rows("birth_certificate"), made.rows("temporary_assistance")
    dead = set(made.rows("funeral_cremation")["deceased_id"])
    dead |= set(made.rows("death_medical_certificate")["person_id"])
    for role in ("case", "decoy"):
        for person in made.cases("L04", role)["person_id"]:
            kin = births[(births["mother_id"] == person) | (births["father_id"] == person)]
            parents = set(kin["father_id"]) | set(kin["mother_id"])
            child = births[births["child_id"] == person]
            parents |= set(child["father_id"])
            grand = births[births["father_id"].isin(parents | {person})]
            assert (parents | set(grand["father_id"]) | set(grand["child_id"])) & dead
            assert (person in set(aid["person_id"])) == (role == "decoy")


def test_students_of_l07_pay_much_and_get_nothing(made: County) -> None:
    fees = made.rows("tertiary_tuition_loan")
    now = by(fees[fees["year"] == "2025"], "person_id")
    aided = set(made.rows("student_aid").query("year == '2025'")["person_id"])
    for person in made.cases("L07")["person_id"]:
        own = float(now[person]["tuition"]) + float(now[person]["boarding_fee"])
        assert own - float(now[person]["loan"]) >= 10_000
        assert person not in aided
    assert set(made.cases("L07", "decoy")["person_id"]) <= aided


def test_the_old_of_l08_are_frail_alone_and_not_called_on(made: County) -> None:
    checks = made.rows("elderly_disability_assessment")
    frail = checks[(checks["disability_level"] == "重度失能")]
    visits = set(made.rows("home_visit_record")["household_id"])
    cases, met = made.cases("L08"), made.cases("L08", "decoy")
    assert set(cases["person_id"]) | set(met["person_id"]) <= set(frail["person_id"])
    assert not set(cases["household_id"]) & visits
    lodgers = set(made.rows("institution_residents")["person_id"])
    called = met[~met["person_id"].isin(lodgers)]
    assert set(called["household_id"]) <= visits
    assert set(met["person_id"]) & lodgers


@pytest.mark.parametrize("code", ["L09", "L10"])
def test_children_without_care_are_on_no_register_but_the_lookalikes(
    made: County, code: str
) -> None:
    listed = set(made.rows("orphan_child_register")["child_id"])
    listed |= set(made.rows("adoption_registration")["adoptee_id"])
    births = by(made.rows("birth_certificate"), "child_id")
    unable = set(made.rows("hukou_death_cancellation")["person_id"])
    if code == "L09":
        for source in ("prison_inmates", "missing_person_report", "detention_detox"):
            unable |= set(made.rows(source)["person_id"])
        unable |= set(made.rows("disability_certificate")["person_id"])
    for child in made.cases(code)["person_id"]:
        assert child not in listed
        assert {births[child]["father_id"], births[child]["mother_id"]} <= unable
    assert set(made.cases(code, "decoy")["person_id"]) <= listed


def test_fathers_of_l11_are_inside_and_the_mothers_earn_only_in_lookalikes(made: County) -> None:
    births = by(made.rows("birth_certificate"), "child_id")
    inside = set(made.rows("prison_inmates")["person_id"])
    inside |= set(made.rows("detention_detox")["person_id"])
    wages = set(made.rows("employee_social_insurance")["person_id"])
    aid = set(made.rows("temporary_assistance")["person_id"])
    home = set(made.rows("community_correction")["person_id"])
    for child in made.cases("L11")["person_id"]:
        father, mother = births[child]["father_id"], births[child]["mother_id"]
        assert father in inside
        assert mother not in wages | aid
    for child in made.cases("L11", "decoy")["person_id"]:
        assert births[child]["mother_id"] in wages | aid or births[child]["father_id"] in home


def test_the_refused_of_l13_are_worse_off_since(made: County) -> None:
    events = made.rows("assistance_case_history")
    refused = events[events["event"] == "不予确认"]
    ill = {
        k: row["confirmed_date"]
        for k, row in by(made.rows("severe_disease_register"), "person_id").items()
    }
    for case in facts(made, "L13"):
        own = refused[refused["person_ids"].str.contains(case["person_id"])]
        assert day(own["event_date"]).iloc[0] < day(pd.Series([ill[case["person_id"]]])).iloc[0]
        assert len(own) == 1
    helped = set(made.rows("temporary_assistance")["person_id"])
    helped |= set(made.rows("employee_social_insurance")["person_id"])
    assert not set(made.cases("L13")["person_id"]) & helped
    assert set(made.cases("L13", "decoy")["person_id"]) <= helped


def test_severe_members_on_the_edge_are_paid_alone_or_declined_but_in_l15(made: County) -> None:
    members = set(made.rows("dibao_member_register")["person_id"])
    events = made.rows("assistance_case_history")
    declined = set(events.loc[events["programme"] == "单人保", "person_ids"])
    cases, met = set(made.cases("L15")["person_id"]), set(made.cases("L15", "decoy")["person_id"])
    assert not cases & (members | declined)
    assert met <= members | declined
    severe = set(made.rows("disability_certificate").query("grade in ('1', '2')")["person_id"])
    severe |= set(made.rows("severe_disease_register")["person_id"])
    assert cases | met <= severe


def test_the_old_of_l16_are_in_no_support_of_the_alone(made: County) -> None:
    tekun = set(made.rows("tekun_register")["person_id"])
    assert not set(made.cases("L16")["person_id"]) & tekun
    assert set(made.cases("L16", "decoy")["person_id"]) <= tekun
    people = made.rows("hukou_population")
    severe = set(made.rows("disability_certificate").query("grade in ('1', '2')")["person_id"])
    for person in made.cases("L16")["person_id"]:
        kin = people[(people["father_id"] == person) | (people["mother_id"] == person)]
        assert set(kin["person_id"]) <= severe


def test_premiums_of_l17_are_unpaid_this_year_or_were_last_year(made: County) -> None:
    rows = made.rows("medical_insurance_enrolment").drop_duplicates(
        ["person_id", "year", "scheme"], keep="last"
    )
    rows["subsidised_category"] = rows["subsidised_category"].fillna("")
    told = {(row["person_id"], row["year"]): row["subsidised_category"] for row in records(rows)}
    for person in made.cases("L17")["person_id"]:
        assert told[person, "2026"] == ""
    for person in made.cases("L17", "decoy")["person_id"]:
        assert told[person, "2025"] == ""
        assert told[person, "2026"] != ""


def test_people_of_l20_are_uninsured_or_out_of_school(made: County) -> None:
    rows = made.rows("medical_insurance_enrolment")
    insured = set(rows.loc[rows["year"] == "2026", "person_id"])
    watch = {k: row["status"] for k, row in by(made.rows("dropout_watch"), "person_id").items()}
    for person in made.cases("L20")["person_id"]:
        assert watch.get(person) == "辍学" or person not in insured
    for person in made.cases("L20", "decoy")["person_id"]:
        assert watch.get(person, "已复学") == "已复学"
        assert person in insured


def test_removals_of_l23_follow_a_comparison_and_lookalikes_were_upheld(made: County) -> None:
    events = made.rows("assistance_case_history")
    stopped = events[(events["event"] == "停发") & events["reason_code"].str.startswith("数据比对")]
    upheld = set(events.loc[events["reason_code"] == "维持停发", "household_id"])
    cases, innocent = made.cases("L23"), made.cases("L23", "decoy")
    assert set(cases["household_id"]) | set(innocent["household_id"]) <= set(
        stopped["household_id"]
    )
    assert not set(cases["household_id"]) & upheld
    assert set(innocent["household_id"]) == upheld
    ill = set(made.rows("severe_disease_register")["person_id"])
    tickets = made.rows("hotline_ticket")
    heads = {
        k: row["head_id"]
        for k, row in by(made.rows("dibao_household_register"), "household_id").items()
    }
    complained = set(tickets.loc[tickets["topic"] == "停保申诉", "subject_person_id"])
    for case in records(cases):
        head = heads[case["household_id"]]
        assert case["person_id"] in ill or head in complained
