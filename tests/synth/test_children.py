"""Orphans, adoptions, and children whose parents work away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.synth.conftest import County

PROGRAMME = "孤儿基本生活费"


def test_parents_of_registered_children_are_where_the_register_says(county: County) -> None:
    rows = county.rows("orphan_child_register")
    shown = {
        "死亡": set(county.rows("hukou_death_cancellation")["person_id"]),
        "服刑": set(county.rows("prison_inmates")["person_id"]),
        "失踪": set(county.rows("missing_person_report")["person_id"]),
        "强制隔离戒毒": set(county.rows("detention_detox")["person_id"]),
        "重残": set(county.rows("disability_certificate")["person_id"]),
        "重病": set(county.rows("severe_disease_register")["person_id"]),
    }
    for parent in ("father", "mother"):
        for person, status in zip(rows[f"{parent}_id"], rows[f"{parent}_status"], strict=True):
            assert person in shown[status] or (person == "" and parent == "mother")


def test_orphans_have_lost_both_parents_and_a_guardian_cares_for_each(county: County) -> None:
    rows = county.rows("orphan_child_register")
    orphans = rows[rows["type"] == "孤儿"]
    assert len(orphans)
    assert set(orphans["father_status"]) | set(orphans["mother_status"]) == {"死亡"}
    dead = set(county.rows("hukou_death_cancellation")["person_id"])
    assert not set(rows["guardian_id"]) & dead
    parents = set(orphans["father_id"]) | set(orphans["mother_id"])
    assert not set(orphans["guardian_id"]) & parents


def test_an_allowance_is_paid_from_the_first_month_to_the_childs_account(county: County) -> None:
    rows = county.rows("orphan_child_register").drop_duplicates("child_id", keep="last")
    pay = county.rows("one_card_payment")
    pay = pay[pay["programme"] == PROGRAMME]
    for child, account, start in zip(
        rows["child_id"], rows["account_hash"], rows["start_month"], strict=True
    ):
        own = pay[pay["payee_id"] == child]
        assert set(own["account_hash"]) == {account}
        assert own["benefit_month"].min() == max(start, "202305")


def test_an_allowance_ends_before_an_adoption_and_begins_after_one_was_dissolved(
    county: County,
) -> None:
    adopted = county.rows("adoption_registration")
    rows = county.rows("orphan_child_register").drop_duplicates("child_id", keep="last")
    both = adopted.merge(rows, left_on="adoptee_id", right_on="child_id")
    lasting = both[both["dissolved_date"] == ""]
    assert len(both) >= 2
    assert 0 < len(lasting) < len(both)
    told = lasting["adoption_date"].str.replace("-", "").str[:6]
    assert (lasting["end_month"] < told).all()
    assert (lasting["end_month"] != "").all()
    back = both[both["dissolved_date"] != ""]
    assert (back["dissolved_date"].str.replace("-", "").str[:6] < back["start_month"]).all()


def test_children_left_behind_have_a_grown_guardian_and_parents_elsewhere(county: County) -> None:
    rows = county.rows("left_behind_children")
    left = rows[rows["risk_type"] == "留守"]
    assert len(left) > 10
    assert (left["guardian_id"].str[6:10].astype(int) < 1990).all()
    assert (left["child_id"].str[6:10].astype(int) > 2009).all()
    assert not rows["child_id"].duplicated().any()
    away = set(county.rows("residence_permit")["person_id"])
    births = county.rows("birth_certificate")
    known = births[births["child_id"].isin(left["child_id"])]
    gone = known["father_id"].isin(away) | known["mother_id"].isin(away)
    assert gone.mean() > 0.4


def test_whoever_has_two_parents_who_cannot_care_is_registered(county: County) -> None:
    births = county.rows("birth_certificate")
    young = births[births["child_id"].str[6:10].astype(int) > 2009]
    cards = county.rows("disability_certificate")
    unable = set(cards.loc[cards["grade"].isin(["1", "2"]), "person_id"])
    unable |= set(county.rows("severe_disease_register")["person_id"])
    unable |= set(county.rows("hukou_death_cancellation")["person_id"])
    both = young[young["father_id"].isin(unable) & young["mother_id"].isin(unable)]
    listed = set(county.rows("orphan_child_register")["child_id"])
    listed |= set(county.rows("adoption_registration")["adoptee_id"])
    assert len(both) > 3
    people = county.sent("hukou_population", "2026-04")
    planted = county.truth("cases")["person_id"]
    books = set(people.loc[people["person_id"].isin(planted), "hukou_book_no"])
    loose = people[people["person_id"].isin(set(both["child_id"]) - listed)]
    assert set(loose["hukou_book_no"]) <= books


def test_children_adopted_from_elsewhere_have_the_adopters_as_parents_and_no_certificate(
    county: County,
) -> None:
    wards = set(county.rows("orphan_child_register")["child_id"])
    rows = county.rows("adoption_registration")
    rows = rows[~rows["adoptee_id"].isin(wards)]
    assert len(rows) >= 2
    assert not set(rows["adoptee_id"]) & set(county.rows("birth_certificate")["child_id"])
    folk = county.sent("hukou_population", "2026-04").set_index("person_id")
    for child, pair, day in zip(
        rows["adoptee_id"], rows["adopter_ids"], rows["adoption_date"], strict=True
    ):
        parents = [folk.loc[child, "father_id"], folk.loc[child, "mother_id"]]
        assert sorted(pair.replace("；", ";").replace("、", ";").split(";")) == sorted(parents)
        assert str(folk.loc[child, "birth_date"]) < day
