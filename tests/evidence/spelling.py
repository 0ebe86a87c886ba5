"""Cells as offices spell them, read as the delivery contract says (§3).

Days become ISO text, months YYYY-MM; what cannot be read becomes None.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EMPTY = {"", "NULL", "null", "-", "/", "无", "N/A"}
OPEN = {"长期", "9999-12-31", "99991231"}
YES = {"true", "1", "是", "有", "y"}
NO = {"false", "0", "否", "无", "n"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SERIAL_EPOCH = date(1899, 12, 30)


def plain(cell: str | None) -> str:
    """The cell in half-width signs, without blanks, marks of no width and apostrophes around it."""
    if cell is None:
        return ""
    text = unicodedata.normalize("NFKC", cell)
    return re.sub(r"[\u200b-\u200f\ufeff]", "", text).strip().strip("'`‘’").strip()


def text_of(cell: str | None) -> str | None:
    """Text, or None if the cell says that it is empty."""
    text = plain(cell)
    return None if text in EMPTY else text


def number_of(cell: str | None) -> str | None:
    """The number of a person or company, 15 digits completed to 18.

    >>> number_of(" '53990119530210000x")
    '53990119530210000X'
    """
    text = re.sub(r"[\s']", "", plain(cell)).upper()
    if re.fullmatch(r"\d{15}", text):
        body = f"{text[:6]}19{text[6:]}"
        return body + check_digit(body)
    return text if re.fullmatch(r"[0-9A-Z]{18}", text) else None


def check_digit(body: str) -> str:
    """Last sign of a person's number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def day_of(cell: str | None) -> str | None:
    """A day in any of the accepted spellings; an open end and an impossible day are None.

    >>> day_of("2025年3月7日"), day_of("45723"), day_of("20250307")
    ('2025-03-07', '2025-03-07', '2025-03-07')
    """
    text = plain(cell)
    if text in EMPTY or text in OPEN:
        return None
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        return (SERIAL_EPOCH + timedelta(days=int(text[:5]))).isoformat()
    found = re.match(r"(\d{4})(\d\d)(\d\d)(?!\d)", text) or re.match(
        r"(\d{4})\D(\d{1,2})\D(\d{1,2})", text
    )
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else None
    except ValueError:
        return None


def month_of(cell: str | None) -> str | None:
    """A month, from a month or any day of it."""
    found = re.match(r"(\d{4})\D?(\d{1,2})", plain(cell))
    return f"{found[1]}-{int(found[2]):02}" if found and 1 <= int(found[2]) <= 12 else None


def amount_of(cell: str | None) -> Decimal | None:
    """A number, to four places; brackets mean negative.

    >>> amount_of("￥1,200.50元"), amount_of("(3)"), amount_of("1.2万元")
    (Decimal('1200.5000'), Decimal('-3.0000'), Decimal('12000.0000'))
    """
    text = re.sub(r"[,¥元\s]", "", plain(cell))
    factor = 10000 if text.endswith("万") else 1
    text = re.sub(r"^\((.*)\)$", r"-\1", text.removesuffix("万"))
    try:
        return (Decimal(text) * factor).quantize(Decimal("0.0001"))
    except InvalidOperation:
        return None


def flag_of(cell: str | None) -> bool | None:
    """Yes or no."""
    text = plain(cell).lower()
    return True if text in YES else False if text in NO else None


def list_of(cell: str | None, read: Callable[[str], str | None] = text_of) -> list[str]:
    """Parts of a list, in any of the accepted separators or as JSON."""
    text = plain(cell)
    if text.startswith("["):
        parts = [str(part) for part in json.loads(text)]
    else:
        parts = re.split(r"[;；、,，\s]+", text)
    return [value for part in parts if (value := read(part)) is not None]
