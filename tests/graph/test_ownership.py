"""Look-through shares against an exact dense solution."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from doudi.graph.ownership import look_through

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graph.conftest import Facts, Made

    Make = Callable[..., Made]
    Matrix = np.ndarray[Any, np.dtype[np.float64]]


def exact(direct: Matrix, between: Matrix) -> Matrix:
    scale = np.maximum(direct.sum(0) + between.sum(0), 1.0)
    inner = np.eye(between.shape[0]) - between / scale
    return np.asarray((direct / scale) @ np.linalg.inv(inner))


def found(direct: Matrix, between: Matrix) -> Matrix:
    return np.asarray(look_through(csr_matrix(direct), csr_matrix(between)).share.toarray())


@st.composite
def markets(draw: st.DrawFn) -> tuple[Matrix, Matrix]:
    people, companies = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    draws = np.random.default_rng(draw(st.integers(0, 10**6)))
    shares = draws.random((people + companies, companies))
    shares *= draws.random(shares.shape) < draw(st.sampled_from([0.2, 0.5, 1.0]))
    shares[:people] += 1e-3  # someone outside holds a little of each, so the inverse exists
    total = draw(st.sampled_from([0.5, 0.99, 1.0, 1.7]))
    shares = shares / shares.sum(0) * total
    return shares[:people], shares[people:]


@settings(max_examples=60, deadline=None)
@given(markets())
def test_shares_equal_the_exact_solution(market: tuple[Matrix, Matrix]) -> None:
    share = found(*market)
    np.testing.assert_allclose(share, exact(*market), atol=2e-9)
    assert np.isfinite(share).all()
    assert share.max() <= 1 + 1e-9


def test_a_company_that_holds_itself_passes_its_share_on() -> None:
    share = found(np.array([[0.6], [0.3]]), np.array([[0.1]]))
    np.testing.assert_allclose(share.ravel(), [2 / 3, 1 / 3], atol=1e-9)


def test_a_ring_that_holds_nearly_all_of_itself_is_solved_exactly() -> None:
    direct = np.array([[1e-4, 0.0, 0.0]])
    between = np.array([[0, 1.0, 0], [0, 0, 1.0], [1 - 1e-4, 0, 0]])
    np.testing.assert_allclose(found(direct, between), 1.0, atol=1e-9)


def test_a_ring_nobody_holds_gives_nobody_a_share() -> None:
    between = np.array([[0, 1.0, 0], [1.0, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(found(np.array([[0, 0, 1.0]]), between), [[0, 0, 1.0]])


def test_shares_over_100_percent_are_scaled_and_named() -> None:
    result = look_through(csr_matrix([[0.9], [0.6]]), csr_matrix((1, 1)))
    np.testing.assert_allclose(result.share.toarray().ravel(), [0.6, 0.4])
    assert result.over.tolist() == [0]


def test_thirds_that_sum_to_a_hair_over_one_are_not_named() -> None:
    third = 0.33333334
    assert not len(look_through(csr_matrix([[third]] * 3), csr_matrix((1, 1))).over)


def hold(facts: Facts, holder: str, company: str, ratio: float | None, **values: Any) -> str:  # noqa: ANN401 - free values
    kind = "Company" if holder.startswith("c") else "Person"
    return facts.link(f"SHAREHOLDER_OF.{kind}.Company", holder, company, ratio=ratio, **values)


def test_control_names_the_strongest_chain(facts: Facts, made: Make) -> None:
    a = hold(facts, "p", "c1", 0.8, valid_from=date(2019, 1, 1))
    b = hold(facts, "c1", "c2", 0.5, valid_from=date(2021, 6, 1))
    hold(facts, "p", "c2", 0.1, valid_from=date(2018, 1, 1), grade="repaired")
    rows = {r["end_id"]: r for r in made().links("CONTROLS.Person.Company")}
    assert rows["c2"]["share"] == pytest.approx(0.5)
    assert (rows["c2"]["via"], rows["c2"]["depth"]) == ([a, b], 1)
    assert (rows["c2"]["valid_from"], rows["c2"]["grade"]) == (date(2021, 6, 1), "exact")
    assert (rows["c1"]["via"], rows["c1"]["depth"]) == ([a], 1)


def test_only_holdings_in_force_and_known_by_number_count(facts: Facts, made: Make) -> None:
    hold(facts, "p", "c1", 0.5, valid_to=date(2025, 1, 1))
    hold(facts, "p", "c2", 0.5, valid_from=date(2027, 1, 1))
    hold(facts, "p", "c3", 0.5, grade="name_only")
    hold(facts, "p", "c4", None)
    hold(facts, "p", "c5", 0.5, valid_to=date(2030, 1, 1))
    rows = made().links("CONTROLS.Person.Company")
    assert [(r["end_id"], r["valid_to"]) for r in rows] == [("c5", date(2030, 1, 1))]


def test_the_newest_of_several_holdings_counts(facts: Facts, made: Make) -> None:
    hold(facts, "p", "c1", 0.3, valid_from=date(2019, 1, 1))
    newest = hold(facts, "p", "c1", 0.5, valid_from=date(2022, 1, 1))
    (row,) = made().links("CONTROLS.Person.Company")
    assert (row["share"], row["via"]) == (pytest.approx(0.5), [newest])


def test_shares_under_one_percent_are_left_out(facts: Facts, made: Make) -> None:
    hold(facts, "p", "c1", 0.01)
    hold(facts, "p", "c2", 0.0099)
    assert [r["end_id"] for r in made().links("CONTROLS.Person.Company")] == ["c1"]


def test_a_ring_of_companies_is_seen_through(facts: Facts, made: Make) -> None:
    hold(facts, "p", "c1", 0.5)
    hold(facts, "c1", "c2", 1.0)
    hold(facts, "c2", "c1", 0.5)
    rows = made().links("CONTROLS.Person.Company")
    assert [r["share"] for r in rows] == pytest.approx([1.0, 1.0])
    assert [len(r["via"]) for r in rows] == [1, 2]


def test_companies_over_100_percent_are_counted_in_the_receipt(facts: Facts, made: Make) -> None:
    hold(facts, "p", "c1", 0.9)
    hold(facts, "q", "c1", 0.9)
    projection = made()
    assert [r["share"] for r in projection.links("CONTROLS.Person.Company")] == [0.5, 0.5]
    assert projection.receipt.notes == (
        "look-through: shares of 1 companies exceed 100 % and were scaled",
    )
