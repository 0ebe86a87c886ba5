"""The parts of linking: births in any spelling, blocks, partners, clusters."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from doudi.linking.blocks import Keyed, pairs_of
from doudi.linking.clusters import best_partners, grown
from doudi.linking.dates import LEVELS, compare_births, read_births
from doudi.linking.fields import People, read_people
from doudi.linking.household import household_gain
from doudi.linking.text import coded


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("1980-01-02", "1980年1月2日", "same"),
        ("1980/1/2", "19800102", "same"),
        ("1980.01.02", "29222", "same"),
        ("1980-01-02 00:00:00", "02/01/1980", "same"),
        ("１９８０－０１－０２", "1980-01-02T00:00:00", "same"),
        ("1980-01-02", "1980-01-12", "slip"),
        ("1980-01-02", "1980-02-01", "slip"),
        ("1980-01-02", "1908-01-02", "slip"),
        ("1980-01-02", "1980-10-02", "slip"),
        ("1856-86-18", "1856-06-18", "slip"),
        ("1980-01-02", "1980-05-17", "same_year"),
        ("1980", "1980-05-17", "only_year"),
        ("1980-05", "1980", "only_year"),
        ("1980", "1981", "near_year"),
        ("1980-01-02", "1962-11-30", "different"),
        ("1980-01-02", "不详", "missing"),
        ("1980-01-02", "unknown", "missing"),
    ],
)
def test_births_agree_however_they_are_written(one: str, two: str, expected: str) -> None:
    births = read_births(pa.chunked_array([[one, two]]))
    rows = np.array([0, 1], np.int32)
    assert [LEVELS[n] for n in compare_births(births, rows, rows[::-1])] == [expected, expected]


@pytest.mark.parametrize(
    "column", [pa.array([1980, 1980]), pa.array([1980.0, None]), pa.array([19800102, 19800102])]
)
def test_births_may_be_numbers(column: pa.Array) -> None:
    assert read_births(pa.chunked_array([column])).year[0] == 1980


def crowd(rows: int, left: int | None = None) -> People:
    column = pa.chunked_array([[f"n{n}" for n in range(rows)]])
    return read_people({"compare:x": column}, left=rows if left is None else left)


def found(people: People, key: list[int], cap: int, *finer: list[int]) -> set[tuple[int, int]]:
    keyed = Keyed(np.arange(len(key), dtype=np.int32), np.array(key), tuple(map(np.array, finer)))
    pairs = pairs_of(keyed, people, cap=cap)
    return set(zip(*(part.tolist() for part in np.divmod(pairs, people.many)), strict=True))


def test_rows_under_one_key_are_paired_and_rows_without_a_key_are_not() -> None:
    assert found(crowd(5), [7, 8, 7, -1, -1], 10) == {(0, 2)}


def test_a_block_at_the_limit_is_compared_and_one_above_it_is_not() -> None:
    assert len(found(crowd(4), [1, 1, 1, 1], 4)) == 6
    assert found(crowd(5), [1] * 5, 4) == set()


def test_a_block_above_the_limit_is_split_by_the_next_key() -> None:
    assert found(crowd(5), [1] * 5, 4, [1, 1, 2, 2, -1]) == {(0, 1), (2, 3)}


def test_of_two_sides_only_rows_across_them_are_paired() -> None:
    assert found(crowd(4, left=2), [1] * 4, 9) == {(0, 2), (0, 3), (1, 2), (1, 3)}


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(numbers, np.int32)


def odds(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_the_surest_pair_is_a_records_partner_and_the_next_may_take_what_is_left() -> None:
    kept = best_partners(rows(0, 0, 1), rows(9, 8, 9), odds(5, 3, 4))
    assert kept.tolist() == [True, False, False]
    kept = best_partners(rows(0, 0, 1, 1), rows(9, 8, 9, 8), odds(5, 3, 4, 1))
    assert kept.tolist() == [True, False, False, True]


def test_pairs_of_the_same_odds_are_taken_in_order_of_their_rows() -> None:
    assert best_partners(rows(1, 0), rows(9, 9), odds(2, 2)).tolist() == [False, True]


def test_one_wrong_link_joins_no_two_people() -> None:
    left, right = rows(0, 0, 1, 3, 3, 4, 2), rows(1, 2, 2, 4, 5, 5, 3)
    label = grown(left, right, odds(6, 6, 6, 6, 6, 6, 4), 6, linked=3)
    assert label.tolist() == [0, 0, 0, 3, 3, 3]


def test_a_record_that_one_link_holds_joins_where_nothing_speaks_against_it() -> None:
    assert grown(rows(0, 1), rows(1, 2), odds(6, 6), 3, linked=3).tolist() == [0, 0, 0]


def test_possible_pairs_alone_make_no_cluster() -> None:
    assert grown(rows(0), rows(1), odds(2.9), 2, linked=2.94).tolist() == [0, 1]


def test_a_pair_gains_by_others_of_its_households_and_a_pair_alone_does_not() -> None:
    left, right = rows(*range(40)), rows(*range(40, 80))
    shared = np.concatenate([np.arange(40) // 4, np.arange(40) // 4 + 100]).astype(np.int32)
    sure = np.where(np.arange(40) < 36, 2.0, -3.0).astype(np.float32)
    gain = household_gain(left, right, sure, shared)
    assert (gain.weight[:36] > 0).all()
    alone = np.arange(80, dtype=np.int32)
    assert (household_gain(left, right, sure, alone).weight == 0).all()


def test_values_are_counted_and_missing_ones_have_no_place() -> None:
    values = coded(pa.array(["b", None, "a", "b"]))
    assert (values.values, values.counts.tolist()) == (["a", "b"], [1, 2])
    assert values.codes.tolist() == [1, -1, 0, 1]
