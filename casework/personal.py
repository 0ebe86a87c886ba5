"""Keeping personal data out of what people type into the ledger.

Reasons, purposes and names of accounts are free text, and stay for years. A number that looks
like a citizen's, a phone's or a bank account's is refused before it is kept; the refusal names
the kind of the number, never the number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doudi.graph.errors import LedgerError, filled

if TYPE_CHECKING:
    from doudi.graph.errors import Pair, Said

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{16,19}(?![0-9A-Za-z])")
_SUBJECT = re.compile(r"[\w:./-]{1,128}")

_CITIZEN = ("身份证号码", "a citizen's number")
_A_PHONE = ("手机号码", "a phone number")
_AN_ACCOUNT = ("银行账号", "an account number")
_WHAT = ("查看对象", "subject")


def refuse_personal(text: str, *, field: Said) -> None:
    """Refuse text that holds a citizen's, phone or account number.

    Args:
        text: What somebody typed.
        field: What it was typed for; the message names it.

    Raises:
        LedgerError: naming the kind of the number.
    """
    for kind, pattern in ((_CITIZEN, _IDENTITY), (_A_PHONE, _PHONE), (_AN_ACCOUNT, _ACCOUNT)):
        if pattern.search(text):
            raise _refused(kind, field)


def check_subject(subject: str) -> None:
    """Refuse a subject that is no lead, case or query hash.

    A case number may be as long as a citizen's number; it is refused only where the check digit
    says that it is one.

    Raises:
        LedgerError: if it is free text, or a citizen's or phone number.
    """
    if not _SUBJECT.fullmatch(subject):
        raise _refused(("任意文字", "free text"), _WHAT)
    if any(_is_citizen_number(number) for number in _IDENTITY.findall(subject)):
        raise _refused(_CITIZEN, _WHAT)
    if _PHONE.search(subject):
        raise _refused(_A_PHONE, _WHAT)


def _is_citizen_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[-1].upper() == _CHECK_DIGITS[total % 11]


def _refused(kind: Pair, field: Said) -> LedgerError:
    return LedgerError(
        filled("{field}含有{kind}", "the {field} holds {kind}", field=field, kind=kind),
        where=("台账", "ledger"),
        expected=(
            "不含个人信息：线索编号、户编号或查询的哈希值",
            "no personal data: a lead id, a case number or the hash of a query",
        ),
        next_step=("改填线索编号或户编号", "name the lead or the case instead"),
    )
