"""The encoding of a file is settled on the whole of it: no wrong character, or one message."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.graph.errors import FeedStopped
from doudi.loaders.encodings import settle, text_of
from doudi.loaders.packed import by_lines
from doudi.loaders.read import read_sheet

FILE = Path("2026-06/hukou_population.csv")
HEADER = "姓名,性别,住址\n"
RARE = "䶮㐂㛃㭎䴙𠮷𡝗𣲗𤩽𦈡𫖯𬭊𬳵𰻝龦鿏﨩犇垚堃昇喆"
"""Letters of names beyond the common ones: four bytes of GB18030, and extensions A to G."""
COMMON = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"


def read(data: bytes) -> str:
    """The text of a file."""
    return text_of(data, settle(lambda: by_lines(data), FILE))


def said(data: bytes) -> str:
    with pytest.raises(FeedStopped) as caught:
        read(data)
    return str(caught.value)


def names(count: int) -> list[str]:
    rng = random.Random(7)  # noqa: S311 - a test's names
    letters = RARE + COMMON
    return ["".join(rng.choices(letters, k=rng.choice((2, 3, 4)))) for _ in range(count)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_no_character_of_ten_thousand_rare_names_is_wrong(tmp_path: Path, codec: str) -> None:
    sent = names(10_000)
    text = HEADER + "".join(f"{name},女,{name[0]}家组{i}号\n" for i, name in enumerate(sent))
    path = tmp_path / "hukou_population.csv"
    path.write_bytes(text.encode(codec))
    sheet = read_sheet(path)
    assert sheet.headers == ("姓名", "性别", "住址")
    assert sheet.rows["c0"].to_pylist() == sent


@pytest.mark.parametrize("name", names(300))
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_single_name_in_a_file_of_english_headers_is_right(codec: str, name: str) -> None:
    text = f"person_id,name\n1,{name}\n"
    assert read(text.encode(codec)) == text


def test_every_character_of_extension_b_comes_through_gb18030() -> None:
    text = "\n".join(map(chr, range(0x20000, 0x2A6E0)))
    assert read(text.encode("gb18030")) == text


@pytest.mark.parametrize("word", ["元", "元,元", "男,元"])
def test_gb18030_bytes_that_are_valid_utf8_read_as_chinese(word: str) -> None:
    text = f"amount,unit\n5,{word}\n"
    assert read(text.encode("gb18030")) == text


@pytest.mark.parametrize("name", ["René", "Müller", "Ana López"])
def test_a_foreign_name_alone_does_not_make_a_file_chinese(name: str) -> None:
    text = f"person_id,name\n1,{name}\n"
    assert read(text.encode()) == text


def test_characters_that_the_codec_leaves_in_private_places_get_their_own() -> None:
    assert read("姓名\n".encode("gb18030") + b"\xfe\x59\xfe\xa0\n") == "姓名\n龴龻\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_where_it_is_certain(codec: str) -> None:
    text = HEADER + "王小明,男,幸福村一组3号\n" * 20
    assert read(text.encode(codec)) == text


@pytest.mark.parametrize("data", [b"\0\1\2\3" * 64, b"a,b\n1,\0\n", "姓名,性别\n".encode("utf-32")])
def test_binary_content_is_told(data: bytes) -> None:
    assert "binary" in said(data)


@pytest.mark.parametrize("first", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line", [2, 3, 60, 4_000, 4_002])
def test_a_file_that_changes_its_encoding_is_stopped_at_the_line(first: str, line: int) -> None:
    second = "gb18030" if first.startswith("utf") else "utf-8"
    rows = [HEADER, *(f"{name},女,某某村三组\n" for name in names(4_001))]
    data = b"".join(
        row.encode(second if at == line else first if at == 1 else first.removesuffix("-sig"))
        for at, row in enumerate(rows, start=1)
    )
    assert f"the encoding changes at line {line}:" in said(data)


PAIRED = (
    "浒愁椿",
    "畹圭刊",
    "渭窆荆",
    "癞病录",
    "瘭酱枝",
    "瑷搁肌",
    "栅蟠辜",
    "啾夸尘",
    "鸭癃侗",
    "稹勘蝎",
    "蟥健栓",
    "旃撮刀",
)
"""Words whose GB18030 bytes are valid UTF-8, with Chinese characters in it."""


@pytest.mark.parametrize("word", PAIRED)
def test_a_gb18030_line_that_is_valid_utf8_too_mixes_nothing(word: str) -> None:
    assert word.encode("gb18030").decode() != word
    text = f"姓名,性别\n王小明,男\n{word}\n"
    assert read(text.encode("gb18030")) == text


@pytest.mark.parametrize("tail", [b"\xed\xa0\x80", b"\xe0\x80\x80", b"\xf4\x90\x80\x80"])
def test_a_line_of_bytes_that_utf8_forbids_is_no_utf8(tail: bytes) -> None:
    data = "姓名\n".encode("gb18030") + tail + b"\n"
    try:
        assert read(data).startswith("姓名\n")
    except FeedStopped as error:
        assert "line 2" in str(error)  # noqa: PT017 - either is right, a crash is not


def test_bytes_of_no_encoding_are_told_with_their_line() -> None:
    assert "neither UTF-8 nor GB18030 at line 3" in said(
        "姓名\n王\n".encode("gb18030") + b"\x80\xff\n"
    )


@pytest.mark.parametrize("start", ["<html>", "\ufeff<!DOCTYPE html>", "<?xml version='1.0'?>"])
def test_a_web_page_is_no_table(start: str) -> None:
    assert "not what its name says (HTML)" in said(start.encode())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.sampled_from(COMMON[:30] + RARE + "ab,;1é "), max_size=6), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)  # fmt: skip  # two strategies
def test_chinese_text_comes_back_as_it_was(cells: list[str], codec: str) -> None:
    text = HEADER + "\n".join(cells)
    assert unmarked(read(text.encode(codec))) == text


def unmarked(text: str) -> str:
    return text.removeprefix("\ufeff")


PIECES = [
    "元".encode("gb18030"),
    "王小明".encode(),
    "王小明".encode("gb18030"),
    b"\xff\xfe",
    b"\n",
    b",",
    b"\0",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=12), st.sampled_from(PIECES)), max_size=12))
def test_any_bytes_are_read_or_refused(parts: list[bytes]) -> None:
    data = b"".join(parts)
    try:
        text = read(data)
    except FeedStopped:
        return
    assert len(text) <= len(data)
