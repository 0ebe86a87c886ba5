"""Twins, brothers and sisters, second marriages and people of one name."""

from __future__ import annotations

import pandas as pd
import pytest

from doudi.synth.births import APART
from tests.synth.conftest import County, planted_alone

REGISTERS = (
    *("hukou_population", "marriage_registration", "divorce_registration"),
    *("court_divorce_judgments", "dibao_member_register", "tekun_register"),
    "low_income_edge_register",
)


def folk(county: County) -> pd.DataFrame:
    """The people of the first hukou file, with their birth dates as days."""
    rows = county.sent("hukou_population", "2026-04")
    return rows.assign(born=pd.to_datetime(rows["birth_date"]))


@pytest.fixture(scope="module")
def children(county: County) -> pd.DataFrame:
    """Everybody whose mother is known, in order of mothers and births."""
    rows = folk(county)
    return rows[rows["mother_id"] != ""].sort_values(["mother_id", "born", "person_id"])


@pytest.fixture(scope="module")
def twins(children: pd.DataFrame) -> pd.DataFrame:
    """Pairs of one mother and one birthday, a row each."""
    keys = ["mother_id", "father_id", "birth_date"]
    both = children.merge(children, on=keys, suffixes=("", "_other"))
    return both[both["person_id"] < both["person_id_other"]]


def weddings(county: County) -> pd.DataFrame:
    """Each couple's weddings and divorces in order, of both registers."""
    wed = county.rows("marriage_registration")[["husband_id", "wife_id", "marriage_date"]]
    wed = wed.rename(columns={"marriage_date": "day"}).assign(what="wed")
    split = county.rows("divorce_registration")[["husband_id", "wife_id", "divorce_date"]]
    split = split.rename(columns={"divorce_date": "day"}).assign(what="split")
    court = county.rows("court_divorce_judgments").query("type == '离婚'")
    pairs = court["party_ids"].str.split("[;；、]", regex=True)
    spoken = pd.DataFrame(
        {"husband_id": pairs.str[0], "wife_id": pairs.str[1], "day": court["effective"]}
    ).assign(what="split")
    told = pd.concat([wed, split, spoken])
    told["day"] = pd.to_datetime(
        told["day"].str.replace(r"[年月./]", "-", regex=True).str.strip("日")
    )
    return told.sort_values(["husband_id", "day"], ignore_index=True)


def recipients(county: County) -> set[str]:
    """Members of households on the registers."""
    edge = county.rows("low_income_edge_register")["member_ids"].str.split("[;；、]", regex=True)
    return (
        set(county.rows("dibao_member_register")["person_id"])
        | set(county.rows("tekun_register")["person_id"])
        | {person for members in edge for person in members}
    )


def test_as_many_children_are_twins_as_is_published(
    children: pd.DataFrame, twins: pd.DataFrame
) -> None:
    assert 0.009 < 2 * len(twins) / len(children) < 0.025
    assert 0.5 < (twins["sex"] == twins["sex_other"]).mean() < 0.95


def test_twins_differ_in_number_and_name_and_often_share_a_sign(twins: pd.DataFrame) -> None:
    assert (twins["name"] != twins["name_other"]).all()
    same_day = twins["person_id"].str[:14] == twins["person_id_other"].str[:14]
    assert same_day.all()
    signs = twins[(twins["name"].str.len() == 3) & (twins["name_other"].str.len() == 3)]
    assert (signs["name"].str[1] == signs["name_other"].str[1]).mean() > 0.5


def test_twins_are_certified_one_after_the_other_and_go_to_school_together(
    county: County, twins: pd.DataFrame
) -> None:
    births = county.rows("birth_certificate").sort_values("child_cert_no", ignore_index=True)
    place = dict(zip(births["child_id"], births.index, strict=True))
    young = twins[twins["born"] >= "2005-01-01"]
    pairs = list(zip(young["person_id"], young["person_id_other"], strict=True))
    assert len(pairs) >= 2
    assert all(abs(place[one] - place[other]) == 1 for one, other in pairs)
    pupils = set(county.rows("student_enrolment")["person_id"])
    pupil = young[young["born"].between("2013-01-01", "2018-12-31")]
    assert len(pupil)
    for one, other in zip(pupil["person_id"], pupil["person_id_other"], strict=True):
        assert (one in pupils) == (other in pupils)


def test_other_brothers_and_sisters_are_born_months_apart(children: pd.DataFrame) -> None:
    gap = children.groupby("mother_id")["born"].diff().dt.days.dropna()
    assert len(gap) > 1_000
    assert ((gap == 0) | (gap >= APART[0])).all()


def test_nobody_is_named_like_the_father_or_a_brother(children: pd.DataFrame) -> None:
    assert not children.duplicated(["mother_id", "name"]).any()
    both = children.merge(children, left_on="father_id", right_on="person_id", suffixes=("", "_f"))
    assert len(both) > 500
    assert (both["name"] != both["name_f"]).all()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A block of usual size, of which only the registers of families and help are delivered."""
    return planted_alone(tmp_path_factory, {}, households=6_000, seed=2, sources=REGISTERS)


def test_some_marry_each_other_again_and_the_divorce_lies_between(large: County) -> None:
    told = weddings(large).groupby(["husband_id", "wife_id"])["what"].agg(list)
    twice = told[told.map(len) > 2].reset_index()
    assert len(twice) >= 1
    assert all(what == ["wed", "split", "wed"] for what in twice["what"])
    both = {*twice["husband_id"], *twice["wife_id"]}
    assert not both & recipients(large)


def test_whoever_marries_somebody_else_was_divorced_before_and_lives_there(
    county: County,
) -> None:
    told, planted = weddings(county), set(county.truth("cases")["person_id"])
    home = folk(county).set_index("person_id")["address_code"].to_dict()
    found = 0
    for side, other in (("husband_id", "wife_id"), ("wife_id", "husband_id")):
        for person, rows in told.groupby(side):
            wed = rows[rows["what"] == "wed"].sort_values("day")
            if wed[other].nunique() < 2 or person in planted:
                continue
            first, second = wed.iloc[0], wed.iloc[-1]
            ended = rows[(rows["what"] == "split") & (rows[other] == first[other])]
            assert (ended["day"] < second["day"]).any()
            pair = home.get(str(person)), home.get(str(second[other]))
            if None not in pair:
                found += 1
                assert pair[0] == pair[1]
    assert found >= 5


def test_children_live_with_a_parent_and_the_parents_new_spouse(county: County) -> None:
    rows = folk(county)
    young = rows[(rows["born"] > "2008-01-01") & (rows["mother_id"] != "")]
    spouse = rows.set_index("person_id")["spouse_id"].to_dict()
    home = rows.set_index("person_id")["address_code"].to_dict()
    step = [
        child
        for child, mother, father, at in young[
            ["person_id", "mother_id", "father_id", "address_code"]
        ].itertuples(index=False)
        for parent, other in ((mother, father), (father, mother))
        if home.get(parent) == at and spouse.get(parent, "") not in {"", other}
    ]
    assert step


def test_no_common_child_is_born_after_a_divorce(county: County) -> None:
    told = weddings(county)
    planted = set(county.truth("cases")["person_id"])
    last = told.groupby(["husband_id", "wife_id"]).last().reset_index()
    apart = last[(last["what"] == "split") & ~last["husband_id"].isin(planted)]
    apart = apart[~apart["wife_id"].isin(planted)]
    both = folk(county).merge(
        apart, left_on=["father_id", "mother_id"], right_on=["husband_id", "wife_id"]
    )
    assert len(both) > 20
    assert (both["born"] <= pd.to_datetime(both["day"]) + pd.Timedelta(days=300)).all()


def test_some_people_of_a_village_have_one_name(county: County) -> None:
    rows = folk(county)
    village = rows.assign(village=rows["address_code"].str[:12])
    assert 0.003 < village.duplicated(["name", "village"], keep=False).mean() < 0.05
