"""Texts in the cells of a workbook that people open: nothing is a formula, and nothing is lost.

A text that a spreadsheet might take for a formula gets a quote before it, and characters that a
workbook cannot hold are shown by their pictures. ``meant`` undoes exactly that. Every file of ours
in which a spreadsheet shows texts of others goes through here.
"""

from __future__ import annotations

import re

QUOTE = "'"
LIVE = "=+-@\t\r\n＝＋－＠"
"""First letters for which a spreadsheet may take a text for a formula."""

LONGEST = 16_000
"""Letters of a cell: a workbook holds 32,767 units, and a rare letter takes two."""

_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
_HIDDEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\u2400-\u241f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)"
)
_PICTURE = re.compile(r"\u241bu([0-9A-F]{4})|[\u2400-\u241a\u241c-\u241f]")
_PICTURES = 0x2400
_ESCAPE = 0x1B


def shown(text: str) -> str:
    r"""A text as a cell shows it: quoted where it might be a formula; numbers stay as they are.

    >>> shown("=1+1"), shown("-12.50"), shown("'a"), shown("a\x00")
    ("'=1+1", '-12.50', "''a", 'a␀')
    """
    told = _HIDDEN.sub(lambda found: _picture(ord(found[0])), text)
    live = text[:1] in LIVE and not _NUMBER.fullmatch(text)
    if text and (live or text[0] == QUOTE):
        told = QUOTE + told
    return told[:LONGEST]


def meant(cell: str) -> str:
    r"""The text that a cell shows; of a cut one, its beginning.

    >>> meant("'=1+1"), meant("''a"), meant("a␀"), meant("plain")
    ('=1+1', "'a", 'a\x00', 'plain')
    """
    told = cell.removeprefix(QUOTE)
    return _PICTURE.sub(lambda p: chr(int(p[1], 16) if p[1] else ord(p[0]) - _PICTURES), told)


def _picture(code: int) -> str:
    """The picture of a control character; another sign by its number."""
    if code < ord(" ") and code != _ESCAPE:
        return chr(_PICTURES + code)
    return f"\u241bu{code:04X}"
