"""Headers: what is said of a wrong one, and what is never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.graph.errors import FeedStopped
from doudi.loaders.headers import match
from doudi.loaders.source import sources

FILE = Path("2026-04/marriage_registration.csv")
KNOWN = ("husband_id", "wife_id", "marriage_date")


def said(*headers: str) -> str:
    """What is said of the headers of a file of marriages."""
    with pytest.raises(FeedStopped) as caught:
        match(headers, sources()["marriage_registration"], FILE)
    return str(caught.value)


def test_a_row_in_place_of_the_headers_is_told_and_not_repeated() -> None:
    message = said("539901198001010010", "王小明", "2010-05-01", "13800138000")
    assert "the first row is no header" in message
    assert not [part for part in ("5399", "王小明", "2010", "138") if part in message]


def test_an_unknown_header_with_six_digits_is_told_by_place_and_kind() -> None:
    message = said(*KNOWN, "539901198001010010", "１３８00138000", "王1-2-3-4-5-6")
    assert "the header of column 4 is a value, 18 digits" in message
    assert "the header of column 5 is a value, 11 digits" in message
    assert "the header of column 6 is a value, 6 digits" in message
    assert not [part for part in ("5399", "00138", "王") if part in message]


def test_an_unknown_header_with_five_digits_is_named() -> None:
    assert "unknown column 'class12345'" in said(*KNOWN, "class12345")


def test_a_mistyped_header_is_told_with_the_nearest() -> None:
    assert "unknown column 'wife_idd', did you mean wife_id" in said(
        "husband_id", "wife_idd", "date"
    )


def test_the_brackets_of_a_doubled_header_are_not_repeated() -> None:
    message = said(*KNOWN, "wife_id(11010519491231002X)")
    assert "'wife_id' stands twice" in message
    assert "1101" not in message
