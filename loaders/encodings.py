"""The encoding of a file, settled on the whole of it: never a guess that leaves wrong characters.

A Chinese register comes in UTF-8, GB18030 or UTF-16. Bytes that are valid in two of them are settled
by their characters, and a file that changes its encoding on the way is stopped at the first line
that differs.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from doudi.loaders.messages import stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from doudi.graph.errors import FeedStopped

    Blocks = Callable[[], Iterable[bytes]]
    """Gives the file's bytes from its beginning, each block ending where a line ends."""

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"PAR1", b"Rar!", b"7z\xbc\xaf", b"%PDF")

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
STRANGE = re.compile("[\u0080-\u00b6\u00b8-\u02ff\u0370-\u058f\u0600-\u1fff\ufffd]")
_IN_A_WORD = re.compile("[A-Za-z][\u00c0-\u024f]+|[\u00c0-\u024f]+[A-Za-z]")
_ORDINARY = re.compile("[\t\r\n -~·—‘-”…、-】〇㐀-鿿！-～]")

_PLAIN = rb"[\x00-\x09\x0b\x0c\x0e-\x7f]|[\xc2-\xdf][\x80-\xbf]"
_WIDE = (
    rb"\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|"
    rb"\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_UTF8_LINE = re.compile(
    rb"(?m)^(?:" + _PLAIN + rb")*+(?:" + _WIDE + rb")(?:" + _PLAIN + rb"|" + _WIDE + rb")*+$"
)
"""A whole line that reads as UTF-8 and has a character of three bytes or more."""

_PRIVATE = re.compile("[\ue780-\ue860]")
_STANDARD = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f"
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
)
"""Characters of GB18030-2022 that the codec still gives the private places of 2000."""

ENOUGH = 0.98
"""Share of ordinary characters from which UTF-16 without a mark is certain."""


def settle(blocks: Blocks, path: Path) -> str:
    """The codec that reads the whole file without an error.

    Args:
        blocks: Gives the file anew each time it is called.
        path: The file, for messages.

    Raises:
        FeedStopped: if it is none of the three, or changes on the way; the line is told.
    """
    head = next(iter(blocks()), b"")[:4096]
    refuse_other_kinds(head, path)
    if head[:2] in UTF16_MARKS:
        return _whole(blocks, "utf-16", path)
    if b"\0" in head:
        return _whole(blocks, _unmarked(head, path), path)
    bad, certain = _as_utf8(blocks)
    if bad is None and certain:
        return "utf-8-sig"
    if bad is None:
        return "gb18030" if _first_bad(blocks(), "gb18030") is None else "utf-8-sig"
    return _as_gb18030(blocks, bad, path)


def text_of(data: bytes, codec: str) -> str:
    """The text of bytes in a codec that ``settle`` found.

    >>> text_of("䶮".encode("gb18030"), "gb18030")
    '䶮'
    """
    text = data.decode(codec)
    return text.translate(_STANDARD) if codec == "gb18030" and _PRIVATE.search(text) else text


def refuse_other_kinds(head: bytes, path: Path) -> None:
    """Look at the first bytes of a file that should be text.

    Raises:
        FeedStopped: if they are packed, or of a page, or of four bytes a character.
    """
    if head.startswith(PACKED):
        raise stopped(path, "other_kind", kind="packed")
    if head.startswith(UTF32_MARKS) and head[2:4] == b"\0\0":
        raise stopped(path, "binary")
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:14].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        raise stopped(path, "other_kind", kind="HTML")


def _whole(blocks: Blocks, codec: str, path: Path) -> str:
    """A codec with two bytes a character, if it reads the whole file."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    lines = 1
    try:
        for block in blocks():
            text = decoder.decode(block)
            if "\0" in text:
                raise stopped(path, "binary")
            lines += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _neither(path, lines) from None
    return codec


def _unmarked(head: bytes, path: Path) -> str:
    """UTF-16 without a mark, where one order of bytes gives ordinary text and the other does not."""
    even = head[: len(head) // 2 * 2]
    found = [codec for codec in ("utf-16-le", "utf-16-be") if _reads_well(even, codec)]
    if len(found) != 1:
        raise stopped(path, "binary")
    return found[0]


def _reads_well(data: bytes, codec: str) -> bool:
    text = data.decode(codec, "replace")
    return len(_ORDINARY.findall(text)) >= ENOUGH * len(text) and any(c in text for c in ",\t\n")


def _as_utf8(blocks: Blocks) -> tuple[int | None, bool]:
    """The first line that is not UTF-8, if any, and whether the characters speak for UTF-8."""
    lines, han, strange = 1, False, False
    for block in blocks():
        own = block.removeprefix(codecs.BOM_UTF8) if lines == 1 else block
        try:
            text = own.decode()
        except UnicodeDecodeError as error:
            return lines + own.count(b"\n", 0, error.start), han
        if not han and not text.isascii():
            han = bool(HAN.search(text))
            strange = strange or bool(STRANGE.search(_IN_A_WORD.sub("", text)))
        lines += block.count(b"\n")
    return None, han or not strange


def _as_gb18030(blocks: Blocks, bad: int, path: Path) -> str:
    """GB18030, if it reads the whole file and no line is UTF-8 for certain.

    Args:
        blocks: The file.
        bad: The first line that is not UTF-8.
        path: The file, for messages.
    """
    first = next(iter(blocks()), b"")
    other = 1 if first.startswith(codecs.BOM_UTF8) else _first_certain(blocks())
    if other is not None:
        raise stopped(path, "mixed", line=max(other, bad))
    wrong = _first_bad(blocks(), "gb18030")
    if wrong is not None:
        raise _neither(path, wrong)
    return "gb18030"


def _first_certain(blocks: Iterable[bytes]) -> int | None:
    """The first line that is UTF-8 beyond doubt."""
    lines = 1
    for block in blocks:
        unix = block.replace(b"\r\n", b"\n")
        for found in _UTF8_LINE.finditer(unix):  # in a file of one encoding there is hardly one
            if _better_as_utf8(found[0]):
                return lines + unix.count(b"\n", 0, found.start())
        lines += unix.count(b"\n")
    return None


def _better_as_utf8(line: bytes) -> bool:
    """Whether a line that is UTF-8 has more of the common characters so than in GB18030.

    One in a hundred thousand short GB18030 lines is valid UTF-8, and reads as rare characters then.
    """
    try:
        other = line.decode("gb18030")
    except UnicodeDecodeError:
        return True
    return _common(line.decode("utf-8")) > _common(other)


def _common(text: str) -> float:
    """Share of the characters beyond ASCII that are among the 3,755 common ones, or marks."""
    wide = [c for c in text if not c.isascii()]
    return sum(map(_is_common, wide)) / max(len(wide), 1)


def _is_common(char: str) -> bool:
    code = char.encode("gb2312", "ignore")
    return b"\xa1\xa1" <= code <= b"\xa3\xfe" or b"\xb0\xa1" <= code <= b"\xd7\xf9"


def _first_bad(blocks: Iterable[bytes], codec: str) -> int | None:
    """The first line that a codec cannot read."""
    lines = 1
    for block in blocks:
        try:
            block.decode(codec)
        except UnicodeDecodeError as error:
            return lines + block.count(b"\n", 0, error.start)
        lines += block.count(b"\n")
    return None


def _neither(path: Path, line: int) -> FeedStopped:
    return stopped(path, "encoding", line=line)
