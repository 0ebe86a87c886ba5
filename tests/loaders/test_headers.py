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


def matched(*headers: str) -> dict[str, int]:
    """Place of each column of a file of marriages, by name."""
    found = match(headers, sources()["marriage_registration"], FILE).matched
    return {m.column.name: m.place for m in found}


def test_columns_in_another_order_are_read_by_their_names() -> None:
    assert matched(*reversed(KNOWN)) == {"marriage_date": 0, "wife_id": 1, "husband_id": 2}


@pytest.mark.parametrize(
    "spelled",
    [
        "ｗｉｆｅ＿ｉｄ",
        "WIFE_ID",
        " wife_id ",
        "女方身份证号",
        "女方 身份证号",
        "女方身份证号\n",
        "\ufeffwife_id",
    ],
)
def test_blanks_capitals_and_full_width_forms_of_a_header_do_not_count(spelled: str) -> None:
    assert matched("husband_id", spelled, "marriage_date")["wife_id"] == 1


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        (("husband_id", "marriage_date"), "column 'wife_id' is missing (女方身份证号)"),
        ((*KNOWN, "女方身份证号"), "column '女方身份证号' stands twice"),
        ((*KNOWN, "ｗｉｆｅ＿ｉｄ"), "column 'wife_id' stands twice"),
        (("husband_id", "女方证件号", "marriage_date"), "unknown column '女方证件号'"),
        ((*KNOWN, "鞋码"), "unknown column '鞋码'"),
    ],
    ids=["missing", "doubled", "doubled in full width", "renamed", "extra"],
)
def test_a_wrong_header_is_refused_by_its_name(headers: tuple[str, ...], named: str) -> None:
    assert named in said(*headers)


def test_a_renamed_column_is_told_as_unknown_and_as_missing() -> None:
    message = said("husband_id", "女方证件号", "marriage_date")
    assert "unknown column '女方证件号'" in message
    assert "column 'wife_id' is missing" in message
