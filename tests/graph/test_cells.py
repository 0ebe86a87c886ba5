"""Texts in cells: no formula, nothing lost, numbers as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.graph.cells import LIVE, LONGEST, meant, shown

ODD = "'=+-@\t\r\n\0\x1b␀␉␛u0_x41,.%ａ＝\ufffe\uffff\ud800王"


@given(st.text() | st.text(alphabet=ODD))
def test_what_is_shown_says_what_was_meant(text: str) -> None:
    told = shown(text)
    assert meant(told) == text
    assert all(c >= " " or c == "\n" for c in told)


@given(st.text(alphabet=ODD, min_size=1))
def test_no_cell_begins_like_a_formula_unless_it_is_a_number(text: str) -> None:
    told = shown(text)
    assert told[0] not in LIVE or told.strip("+-0123456789.,%") == ""


@pytest.mark.parametrize("number", ["-12.50", "+3", "-1,200", "-3%", "0012", "539901198001010010"])
def test_numbers_stay_as_they_are(number: str) -> None:
    assert shown(number) == number


@pytest.mark.parametrize("text", ["-", "-1+1", "+A1", "-1-cmd", "--1", "=1", "@1", "\t1"])
def test_what_only_looks_like_a_number_is_quoted(text: str) -> None:
    assert shown(text)[0] == "'"


def test_an_endless_text_is_cut_where_a_workbook_would_cut_it() -> None:
    assert len(shown("=" + "a" * 50_000)) == LONGEST
