"""DBF files: GBK under any code page, deleted records are no rows, lines are record number + 1."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import FeedStopped
from doudi.loaders.headers import spellings
from doudi.loaders.read import read_sheet
from doudi.loaders.source import sources

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

SLUG = "marriage_registration"
KNOWN = spellings(sources()[SLUG])
Field = tuple[str, str, int, int]
FIELDS: tuple[Field, ...] = (
    ("姓名", "C", 8, 0), ("身份证号", "C", 18, 0), ("金额", "N", 10, 2), ("出生日期", "D", 8, 0), ("在册", "L", 1, 0),
)  # fmt: skip  # one list
ONE = ("王小明", "11010519491231002X", "450.50", "19491231", "T")
TWO = ("欧阳娜娜", "110105194912310029", "0.00", "", "F")


def dbf(
    fields: tuple[Field, ...], *rows: tuple[str | bytes, ...], deleted: tuple[int, ...] = (),
    codec: str = "gb18030", page: int = 0x4D, version: int = 3,
) -> bytes:  # fmt: skip  # one signature
    """A DBF file as FoxPro writes it."""
    head = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(codec)[:10], kind.encode(), width, places)
        for name, kind, width, places in fields
    )
    body = b"".join(
        (b"*" if number in deleted else b" ") + b"".join(_cell(c, f, codec) for c, f in zip(row, fields, strict=True))
        for number, row in enumerate(rows, start=1)
    )  # fmt: skip  # one expression
    width = 1 + sum(field[2] for field in fields)
    start = struct.pack(
        "<BBBBIHH17xB2x", version, 126, 6, 5, len(rows), 32 + len(head) + 1, width, page
    )
    return start + head + b"\r" + body + b"\x1a"


def _cell(cell: str | bytes, field: Field, codec: str) -> bytes:
    data = cell if isinstance(cell, bytes) else cell.encode(codec)
    return data[: field[2]].rjust(field[2]) if field[1] == "N" else data[: field[2]].ljust(field[2])


def rows_of(path: Path, data: bytes) -> list[tuple[str, ...]]:
    path.write_bytes(data)
    sheet = read_sheet(path, KNOWN)
    return [tuple(row.values())[:-1] for row in sheet.rows.to_pylist()]


def said(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(FeedStopped) as caught:
        read_sheet(path, KNOWN)
    return str(caught.value)


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
@pytest.mark.parametrize("page", [0x00, 0x03, 0x4D, 0x57, 0xFF])
def test_texts_are_right_whatever_the_code_page_says(tmp_path: Path, codec: str, page: int) -> None:
    wide = (("姓名", "C", 20, 0), *FIELDS[1:])
    data = dbf(wide, ONE, TWO, codec=codec, page=page)
    shown = [(*ONE[:4], "true"), (*TWO[:4], "false")]
    assert rows_of(tmp_path / f"{SLUG}.dbf", data) == shown


def test_deleted_records_are_no_rows_and_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.dbf"
    path.write_bytes(dbf(FIELDS, ONE, TWO, ONE, deleted=(1,)))
    sheet = read_sheet(path)
    assert sheet.headers == tuple(field[0] for field in FIELDS)
    assert sheet.rows["line"].to_pylist() == [3, 4]


def test_a_rare_name_of_four_bytes_is_right(tmp_path: Path) -> None:
    row = ("王𠮷", *ONE[1:])
    assert rows_of(tmp_path / f"{SLUG}.dbf", dbf(FIELDS, row))[0][0] == "王𠮷"


@pytest.mark.parametrize(("codec", "kept"), [("gb18030", "欧阳娜"), ("utf-8", "欧阳")])
def test_half_a_character_at_the_end_of_a_field_is_left_out(
    tmp_path: Path, codec: str, kept: str
) -> None:
    fields = (("姓名", "C", 7, 0), *FIELDS[1:])
    assert rows_of(tmp_path / f"{SLUG}.dbf", dbf(fields, TWO, codec=codec))[0][0] == kept


@pytest.mark.parametrize("word", ["元", "女"])
def test_a_word_that_is_valid_in_both_is_chinese(tmp_path: Path, word: str) -> None:
    fields = (("unit", "C", 6, 0), ("code", "N", 4, 0))
    assert rows_of(tmp_path / f"{SLUG}.dbf", dbf(fields, (word, "1"))) == [(word, "1")]


def test_a_blank_record_is_no_row(tmp_path: Path) -> None:
    assert len(rows_of(tmp_path / f"{SLUG}.dbf", dbf(FIELDS, ("", "", "", "", ""), ONE))) == 1


def test_whole_numbers_of_foxpro_are_read(tmp_path: Path) -> None:
    fields = (("户数", "I", 4, 0), *FIELDS[1:])
    row = (struct.pack("<i", -7), *ONE[1:])
    assert rows_of(tmp_path / f"{SLUG}.dbf", dbf(fields, row, version=0x30))[0][0] == "-7"


def test_a_number_that_overflowed_is_not_nothing(tmp_path: Path) -> None:
    row = (*ONE[:2], "**********", *ONE[3:])
    assert rows_of(tmp_path / f"{SLUG}.dbf", dbf(FIELDS, row))[0][2] == "**********"


def test_a_dbf_delivery_is_loaded(office: Office, people: list[str]) -> None:
    fields = (
        ("husband_id", "C", 18, 0),
        ("wife_id", "C", 18, 0),
        ("marriage_date", "D", 8, 0),
        ("cert_no", "C", 9, 0),
    )
    rows = [(people[0], people[1], "20100501", "J1"), (people[2], people[3], "20100230", "J2")]
    receipt = office.deliver(
        {f"{SLUG}.dbf": dbf(fields, ("x", "x", "x", "x"), *rows, deleted=(1,))}
    )
    (file,) = receipt.files
    assert (file.rows_in, file.loaded, file.quarantined) == (2, 1, 1)
    assert office.quarantine() == [(4, "marriage_date", "date.impossible", "row refused")]


def test_a_name_cut_to_ten_bytes_is_the_only_one_that_begins_so(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.dbf"
    fields = (("marriage_date", "D", 8, 0), ("女方身份证号", "C", 18, 0), ("marria", "C", 1, 0))
    path.write_bytes(dbf(fields, ("20100501", "1", "x")))
    assert read_sheet(path, KNOWN).headers == ("marriage_date", "女方身份证号", "marria")


WHOLE = dbf(FIELDS, ONE, TWO)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (WHOLE[:-10], "cut off or damaged"),
        (WHOLE[:100], "cut off or damaged"),
        (WHOLE + b" " * 400, "states 2 records"),
        (b"no such thing", "not what its name says"),
        (dbf((("备注", "M", 10, 0),), ("1",), version=0x83), "memo field"),
        (dbf(FIELDS, (b"\x80\xff", *ONE[1:])), "neither UTF-8 nor GB18030 at line 2"),
        (dbf(FIELDS, ONE)[:8] + b"\xff\xff\xff\x7f" + dbf(FIELDS, ONE)[12:], "damaged"),
    ],
    ids=["cut", "cut header", "longer", "text", "memo", "no encoding", "lying header"],
)
def test_a_dbf_file_that_cannot_be_read_is_one_message(
    tmp_path: Path, data: bytes, told: str
) -> None:
    assert told in said(tmp_path / f"{SLUG}.dbf", data)


@pytest.mark.parametrize("place", range(32))
def test_a_header_with_any_byte_altered_never_crashes(tmp_path: Path, place: int) -> None:
    path = tmp_path / f"{SLUG}.dbf"
    data = bytearray(WHOLE)
    data[place] ^= 0xFF
    path.write_bytes(data)
    try:
        sheet = read_sheet(path, KNOWN)
    except FeedStopped:
        return
    assert sheet.rows.num_rows == 2
