"""Dirt of level 2 has every quality code, says where, and spares what planted facts rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from doudi.synth import faults, numbers, parameters
from doudi.synth.blocks import blocks_of
from doudi.synth.build import build
from doudi.synth.county import make_county
from doudi.synth.make import write_rows
from doudi.synth.plant import rates_of
from doudi.synth.planting import plant_all
from doudi.synth.sheets import sheets_of
from doudi.synth.shelter import shelter_of
from tests.synth.conftest import BATCHES, County

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = "539901194208030018"
CODES = {"q.alter", "q.area", "q.date", "q.idsci", "q.name", "q.noid", "q.null", "q.swap"}


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county of two blocks, as dirty as it gets."""
    folder = tmp_path_factory.mktemp("worst")
    return County(folder, make_county(folder, households=10_000, seed=3, dirt=2))


def test_every_fault_occurs_and_is_where_the_truth_says(worst: County) -> None:
    told = worst.truth("faults")
    assert set(told["code"]) >= CODES
    spoilt = told[(told["source"] == "hukou_population") & (told["batch"] == "2026-04")]
    rows = worst.sent("hukou_population", "2026-04")
    for _, fault in spoilt[spoilt["code"] == "q.noid"].iterrows():
        number = rows.loc[fault["line"] - 2, fault["field"]]
        assert not any(sign in number for sign in "123456789"), number
    for _, fault in spoilt[spoilt["code"] == "q.name"].iterrows():
        assert set(rows.loc[fault["line"] - 2, "name"]) & set(" \u3000")


def test_what_cannot_be_read_is_in_the_truth_with_its_effect(worst: County) -> None:
    told = worst.truth("quarantine")
    assert set(told["effect"]) == {"row refused", "field unknown"}
    beside_a_name = told[(told["reason"] == "id.missing") & (told["effect"] == "field unknown")]
    assert len(beside_a_name) > 100
    assert (told.loc[told["reason"] == "id.scientific", "effect"] == "row refused").all()


def test_rows_that_planted_facts_rest_on_stay_clean(worst: County) -> None:
    planted = set(worst.truth("cases")["person_id"])
    places = worst.truth("people").merge(worst.truth("faults"), on=["source", "batch", "line"])
    assert len(places) > 500
    assert not set(places["person_id"]) & planted


KEYED = {
    "household_income_ledger": "archive_no",
    "poverty_archive": "archive_no",
    "home_visit_record": "household_id",
    "means_check_report": "household_id",
    "one_card_payment": "household_id",
}


def test_rows_keyed_by_a_household_are_spared_too() -> None:
    world, _ = build(blocks_of(2_000, 1)[0], rates_of(1, {}))
    plant_all(world)
    write_rows(world, parameters.standards())
    sheets = sheets_of(world.book, np.random.default_rng(1), set(KEYED))
    shelter = shelter_of(world, sheets)
    planted = {p.household_id for p in world.truth.planted} - {""}
    for sheet in sheets[:: len(BATCHES)]:  # of each source the snapshot
        keys = sheet.rows[KEYED[sheet.source]].cast("string").to_numpy(zero_copy_only=False)
        free = shelter.free(sheet)
        assert not set(keys[free]) & planted
        assert set(keys[~free]) & planted
        assert free.mean() > 0.1


def test_numbers_of_15_digits_are_those_of_people_born_before_2000(worst: County) -> None:
    places = worst.truth("people")
    own = places[(places["source"] == "id_document") & (places["batch"] == "2026-04")]
    typed = worst.sent("id_document", "2026-04")["person_id"]
    short = own.loc[(typed.str.len() == 15).to_numpy(), "person_id"]
    assert len(short) > 50
    assert (short.str[6:8] == "19").all()


@pytest.mark.parametrize(
    ("spoil", "cell", "told"),
    [
        (faults.scientific, NUMBER, "5.39901E+17"),
        (faults.spaced, "张三", "张 三"),
        (faults.old_area, "539901001003", f"539901{faults.OLD_TOWNSHIP}"),
        (faults.old_area, "539901002003", "539901002003"),
        (faults.emptied, "12.00", ""),
    ],
)
def test_a_spoilt_cell(
    spoil: Callable[[str, np.random.Generator], str], cell: str, told: str
) -> None:
    assert spoil(cell, np.random.default_rng(1)) == told


def test_an_altered_number_passes_its_check_and_is_another() -> None:
    rng = np.random.default_rng(1)
    made = {faults.altered(NUMBER, rng) for _ in range(9)}
    assert NUMBER not in made
    for number in made:
        assert number[17] == numbers.check_digits(np.array([int(number[:17])]))[0]


def test_a_file_in_another_unit_is_named_as_a_whole(worst: County) -> None:
    wrong = worst.truth("faults").query("code == 'q.unit'")
    for _, fault in wrong.iterrows():
        rows = worst.sent(fault["source"], fault["batch"])
        assert fault["line"] == 0
        assert pd.to_numeric(rows[fault["field"]]).median() < 10
