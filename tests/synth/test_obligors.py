"""Children who could support their parents are planted; those of ordinary recipients could not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doudi.synth.county import make_county
from tests.synth.conftest import County

if TYPE_CHECKING:
    import pandas as pd

WELL_PAID = 9_000


@pytest.fixture(scope="module")
def kin(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted, so that households are left."""
    folder = tmp_path_factory.mktemp("obligors")
    sources = [
        "hukou_population",
        "employee_social_insurance",
        "court_divorce_judgments",
        "adoption_registration",
        "dibao_member_register",
    ]
    few = dict.fromkeys(("E10", "E11", "E15", "E17", "E22", "E31", "E05", "E16"), 0.0)
    made = make_county(folder, seed=3, households=4_000, sources=sources, rates=few | {"E30": 0.05})
    return County(folder, made)


def well_paid_children(kin: County, parents: pd.Series) -> pd.Series:
    """Parents of whom a child is insured on a high wage, with that child."""
    wages = kin.rows("employee_social_insurance")
    rich = wages.loc[wages["base"].astype(float) > WELL_PAID, "person_id"].unique()
    people = kin.rows("hukou_population").drop_duplicates("person_id").set_index("person_id")
    own = people[people.index.isin(rich)]
    pairs = {parent: child for child, parent in own["father_id"].items()}
    pairs |= {parent: child for child, parent in own["mother_id"].items()}
    return parents.map(pairs)


def test_children_of_planted_parents_earn_well(kin: County) -> None:
    cases = kin.cases("E30")
    assert len(cases) >= 5
    assert well_paid_children(kin, cases["person_id"]).notna().all()


def test_children_of_lookalikes_pay_by_a_judgment_or_were_adopted(kin: County) -> None:
    decoys = kin.cases("E30", "decoy")
    children = well_paid_children(kin, decoys["person_id"])
    told = dict(zip(decoys["person_id"], decoys["clearing_code"], strict=True))
    judged = set(kin.rows("court_divorce_judgments")["payer_id"])
    adopted = set(kin.rows("adoption_registration")["adoptee_id"])
    assert set(told.values()) == {"X05", "X08"}
    for person, child in zip(decoys["person_id"], children, strict=True):
        assert child in (judged if told[person] == "X05" else adopted)


def test_no_child_of_an_ordinary_recipient_earns_well(kin: County) -> None:
    members = kin.rows("dibao_member_register")
    planted = set(kin.truth("cases")["household_id"])
    ordinary = members.loc[~members["household_id"].isin(planted), "person_id"]
    assert well_paid_children(kin, ordinary).isna().all()
