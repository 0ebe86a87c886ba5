"""Amounts that are wrong, help beyond its time, and offices and villages where all is alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from doudi.synth import months, parameters
from doudi.synth.blocks import blocks_of
from doudi.synth.build import build
from doudi.synth.cases_area import plant_areas
from doudi.synth.officials import appoint_all
from doudi.synth.payments import LEAST
from doudi.synth.plant import RATES
from tests.synth.conftest import County, planted_alone

if TYPE_CHECKING:
    from doudi.synth.world import World

OWN = ("E41", "E42")


SOURCES = (
    "assistance_case_history",
    "dibao_household_register",
    "dibao_member_register",
    "low_income_edge_register",
    "one_card_payment",
)
"""What the tests look at."""


@pytest.fixture(scope="module")
def amounts(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county in which hardly anything else is planted."""
    return planted_alone(tmp_path_factory, {"E41": 0.025, "E42": 0.025}, seed=4, sources=SOURCES)


@pytest.fixture(scope="module")
def block() -> World:
    """A block with enough households in each village and office."""
    rates = dict.fromkeys(RATES, 0.0) | {"E32": 0.25, "E48": 0.04}
    world, _ = build(blocks_of(6_000, 1)[0], rates)
    appoint_all(world)
    plant_areas(world)
    return world


def recomputed(county: County) -> pd.DataFrame:
    """Payments with what the register, the members and the standards make of each month."""
    register = county.rows("dibao_household_register").drop_duplicates("household_id", keep="last")
    members = county.rows("dibao_member_register")
    paid = county.rows("one_card_payment")
    paid = paid[(paid["household_id"] != "") & (paid["status"] == "成功")]
    paid = paid.assign(amount=paid["amount"].astype(float))
    sums = paid.groupby(["household_id", "benefit_month"])["amount"].sum().reset_index()
    sums["size"] = sums["household_id"].map(members.groupby("household_id").size())
    told = register.set_index("household_id")
    sums["declared"] = sums["household_id"].map(told["declared_income_pc"].astype(float))
    sums["urban"] = sums["household_id"].map(told["urban_rural"]) == "城市"
    standard = parameters.standards()
    month = (pd.to_datetime(sums["benefit_month"], format="%Y%m").dt.to_period("M")).astype("int64")
    month -= int(months.ORIGIN.astype("int64"))
    line = np.where(sums["urban"], standard.urban[month], standard.rural[month])
    sums["right"] = np.maximum(line - sums["declared"], LEAST) * sums["size"]
    return sums


@pytest.mark.parametrize("code", OWN)
def test_each_has_two_cases_and_two_lookalikes_a_case(amounts: County, code: str) -> None:
    cases, decoys = amounts.cases(code), amounts.cases(code, "decoy")
    assert len(cases) >= 2
    assert len(decoys) >= 2 * len(cases)


def test_half_of_e41_are_underpaid_and_all_by_more_than_a_twentieth(amounts: County) -> None:
    sums = recomputed(amounts)
    cases = amounts.cases("E41")
    for household, first, side in zip(
        cases["household_id"], cases["month_from"], cases["difficulty"], strict=True
    ):
        own = sums[sums["household_id"] == household]
        wrong = own[own["benefit_month"] >= first.replace("-", "")]
        right = own[own["benefit_month"] < first.replace("-", "")]
        off = (wrong["amount"] - wrong["right"]) / wrong["right"]
        assert ((off < -0.05) if side.startswith("under") else (off > 0.05)).all()
        assert right["amount"].to_numpy() == pytest.approx(right["right"].to_numpy(), abs=0.05)
    under = cases["difficulty"].str.startswith("under").sum()
    assert abs(2 * under - len(cases)) <= 1


def test_the_amount_of_e41_is_what_was_wrong(amounts: County) -> None:
    sums = recomputed(amounts)
    cases = amounts.cases("E41")
    for household, told in zip(cases["household_id"], cases["amount"], strict=True):
        own = sums[sums["household_id"] == household]
        assert (own["amount"] - own["right"]).abs().sum() == pytest.approx(told, abs=2)


def test_nobody_else_is_paid_wrongly(amounts: County) -> None:
    sums = recomputed(amounts)
    members = amounts.rows("dibao_member_register")
    rows = members.groupby("household_id")[["added_date", "removed_date"]].max()
    steady = rows.index[(rows["removed_date"] == "") & (rows["added_date"] < "2025-01-01")]
    planted = set(amounts.truth("cases")["household_id"])
    own = sums[sums["household_id"].isin(set(steady) - planted)]
    own = own[own["benefit_month"] >= "202501"]
    assert own["household_id"].nunique() > 30
    assert (own["amount"] - own["right"]).abs().max() < 1


def test_lookalikes_of_e41_got_the_arrears(amounts: County) -> None:
    paid = amounts.rows("one_card_payment")
    sums = recomputed(amounts)
    decoys = amounts.cases("E41", "decoy")
    assert set(decoys["clearing_code"]) == {"X19"}
    assert set(decoys["difficulty"]) == {"arrears", "arrears at once"}
    for household, kind in zip(decoys["household_id"], decoys["difficulty"], strict=True):
        own = sums[sums["household_id"] == household]
        own = own[own["benefit_month"] >= "202504"]
        assert own["amount"].sum() == pytest.approx(own["right"].sum(), abs=2)
        late = paid[(paid["household_id"] == household) & (paid["batch"] == "202509")]
        assert len(late) == (2 if kind == "arrears at once" else 3)


def test_the_amount_of_a_lookalike_of_e41_is_what_came_late(amounts: County) -> None:
    paid = amounts.rows("one_card_payment")
    sums = recomputed(amounts).set_index(["household_id", "benefit_month"])["right"]
    for fact in amounts.cases("E41", "decoy").to_dict("records"):
        own = paid[(paid["household_id"] == fact["household_id"]) & (paid["batch"] < "202509")]
        owed = [
            sums[fact["household_id"], month]
            - float(own.loc[own["batch"] == month, "amount"].iloc[0])
            for month in ("202507", "202508")
        ]
        assert fact["amount"] == pytest.approx(sum(owed), abs=0.1)


def test_graces_of_e42_ended_two_months_before_and_payment_goes_on(amounts: County) -> None:
    cases = amounts.cases("E42")
    register = amounts.rows("dibao_household_register").set_index("household_id")
    history = amounts.rows("assistance_case_history")
    own = cases[cases["register"] == "dibao_household_register"]
    assert len(own)
    for household, first in zip(own["household_id"], own["month_from"], strict=True):
        end = pd.Period(str(register.loc[household, "grace_end"]), "M")
        assert str(end + 2) == first
        assert str(register["end_month"].loc[household]) == ""
        events = history[history["household_id"] == household]
        assert "渐退6个月" in set(events["reason_code"])
        assert not ((events["event"] == "申请") & (events["reason_code"] != "新申请")).any()
    assert (own["amount"] > 0).all()


def test_recognitions_of_e42_ran_out_and_nobody_renewed_them(amounts: County) -> None:
    cases = amounts.cases("E42")
    own = cases[cases["register"] == "low_income_edge_register"]
    assert len(own)
    rows = amounts.rows("low_income_edge_register").groupby("household_id")["valid_to"].max()
    events = set(amounts.rows("assistance_case_history")["household_id"])
    for household, first in zip(own["household_id"], own["month_from"], strict=True):
        end = pd.Period(str(rows[household])[:7], "M")
        assert str(end + 2) == first
        assert household not in events
    assert (own["amount"] == 0).all()


def test_all_other_recognitions_are_valid_to_the_end(amounts: County) -> None:
    rows = amounts.rows("low_income_edge_register").groupby("household_id")["valid_to"].max()
    lapsed = set(amounts.cases("E42")["household_id"])
    lapsed |= set(amounts.cases("E42", "decoy")["household_id"])
    assert (rows[~rows.index.isin(lapsed)] > "2026-06-30").all()


def test_lookalikes_of_e42_asked_in_time_or_have_time_left(amounts: County) -> None:
    history = amounts.rows("assistance_case_history")
    register = amounts.rows("dibao_household_register").set_index("household_id")
    decoys = amounts.cases("E42", "decoy")
    assert set(decoys["clearing_code"]) == {"X06", "X23"}
    for household, clearing, first in zip(
        decoys["household_id"], decoys["clearing_code"], decoys["month_from"], strict=True
    ):
        if clearing == "X06":
            assert str(register.loc[household, "grace_end"]) > "202606"
            continue
        asked = history[(history["household_id"] == household) & (history["event"] == "申请")]
        assert asked["event_date"].str[:4].max() >= "2023"
        assert asked["reason_code"].str.endswith("申请").all()
        day = pd.to_datetime(asked["event_date"], format="%Y年%m月%d日").max()
        assert day < pd.Period(first, "M").to_timestamp()


def test_villages_of_e48_pay_every_free_household_the_same(block: World) -> None:
    told = [p for p in block.truth.planted if p.code == "E48"]
    assert {p.role for p in told} >= {"case"}
    for planted in told:
        code = planted.difficulty.removeprefix("area ")
        village = block.areas.code.tolist().index(code)
        own = [c for c in block.dibao if c.village == village and c.active()]
        standard = parameters.standards()
        paid = [(standard.of(47, urban=c.urban) - c.declared_pc()) * c.size_in(47) for c in own]
        assert len(own) >= 20
        assert (np.abs(np.array(paid) - 450) < 1).mean() > 0.7
        assert planted.household_id == ""
        assert code in block.officials.area


def test_handlers_of_e32_write_one_income_and_their_lookalikes_one_day(block: World) -> None:
    told = [p for p in block.truth.planted if p.code == "E32"]
    assert {p.role for p in told} == {"case", "decoy"}
    for planted in told:
        login = planted.difficulty.removeprefix("office ")
        own = [c for c in block.dibao if c.handler == login and c.active()]
        alike = np.mean([abs(c.declared_pc() - 120) < 0.01 for c in own])
        together = np.mean([c.approved == 18 for c in own])
        assert (alike > 0.5) == (planted.role == "case")
        assert (together > 0.3) == (planted.role == "decoy")
