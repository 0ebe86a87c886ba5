"""What a check can find: the outcome codes, as data.

A code says what was found out about the family, never what a machine thinks. The list follows
the county's check sheet (核查结果); ``effect`` says what the code does to the family's help.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from doudi.graph.errors import LedgerError, UnknownName, filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doudi.graph.errors import Said

Direction = Literal["error", "leak"]
Effect = Literal["against", "for", "none"]
ReasonRule = Literal["", "written", "x_code"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a check.

    Attributes:
        code: Short code, one letter and one digit.
        direction: The kind of lead it can end: ``error`` or ``leak``.
        zh: Chinese text.
        en: English text.
        effect: ``against`` takes help away or claims it back, ``for`` gives or raises help,
            ``none`` changes nothing.
        reason: ``written`` needs a written reason, ``x_code`` one that names a clearing code
            (X01 to X24), empty needs none.
    """

    code: str
    direction: Direction
    zh: str
    en: str
    effect: Effect = "none"
    reason: ReasonRule = ""

    @property
    def changes_help(self) -> bool:
        """Whether the family's help changes, in either direction."""
        return self.effect != "none"


_DECLARED = (
    Outcome("A1", "error", "属实-停保", "upheld: help ends", "against", "written"),
    Outcome("A2", "error", "属实-调减", "upheld: help is reduced", "against", "written"),
    Outcome("A3", "error", "属实-渐退", "upheld: help ends step by step", "against", "written"),
    Outcome("A4", "error", "属实-追缴建议", "upheld: recovery is proposed", "against", "written"),
    Outcome("A5", "error", "属实-移送", "upheld: handed to discipline", "against", "written"),
    Outcome("B1", "error", "不属实-数据错误", "not upheld: source data wrong", reason="written"),
    Outcome("B2", "error", "不属实-身份冒用", "not upheld: identity was misused"),
    Outcome("B3", "error", "不属实-同名误配", "not upheld: another person of that name"),
    Outcome("C1", "error", "属实但符合政策", "true, and the policy allows it", reason="x_code"),
    Outcome("C2", "error", "已申报", "already declared"),
    Outcome("C3", "error", "低于起点", "below the least amount that counts"),
    Outcome("D1", "error", "无法核实", "could not be verified"),
    Outcome("D2", "error", "户不在", "nobody was at home"),
    Outcome("D3", "error", "已迁出", "moved away"),
    Outcome("E1", "error", "应增发/漏发", "under-payment found", "for", "written"),
    Outcome("F1", "error", "转防漏", "passed on as an offer of help"),
    Outcome("H1", "leak", "纳入低保", "subsistence allowance granted", "for"),
    Outcome("H2", "leak", "特困", "support for the destitute granted", "for"),
    Outcome("H3", "leak", "边缘", "recognised as low-income edge", "for"),
    Outcome("H4", "leak", "刚性", "recognised for rigid expenditure", "for"),
    Outcome("H5", "leak", "监测对象", "taken into monitoring", "for"),
    Outcome("H6", "leak", "临时救助", "temporary assistance granted", "for"),
    Outcome("H7", "leak", "专项/服务", "special aid or services granted", "for"),
    Outcome("H8", "leak", "已在其他部门享受", "already helped by another department"),
    Outcome("N1", "leak", "不符合", "does not qualify", reason="written"),
    Outcome("N2", "leak", "拒绝", "declined by the family"),
    Outcome("N3", "leak", "已自行缓解", "the hardship has passed"),
    Outcome("N4", "leak", "无法联系", "could not be reached"),
    Outcome("N5", "leak", "数据错误", "source data wrong"),
    Outcome("N6", "leak", "转E", "passed on as an error lead, by a person only", reason="written"),
)

_KINDS = {"error": "防错", "leak": "防漏"}

OUTCOMES: Mapping[str, Outcome] = {one.code: one for one in _DECLARED}

#: An under-payment is listed with the leaks, before every over-payment.
UNDER_PAYMENT = "E1"

#: Turning an offer of help into a suspicion is a person's decision, never a program's.
NEVER_AUTOMATIC = frozenset({"N6"})


def outcome_for(code: str, direction: str, *, where: Said) -> Outcome:
    """The outcome of that code, if it can end a lead of that direction.

    Args:
        code: One of :data:`OUTCOMES`.
        direction: Direction of the lead, ``error`` or ``leak``.
        where: The lead the message names.

    Raises:
        UnknownName: if there is no such code.
        LedgerError: if the code belongs to the other kind of lead.
    """
    if code not in OUTCOMES:
        raise UnknownName.among(
            ("核查结果", "outcome"),
            code,
            OUTCOMES,
            where=where,
            next_step=("结果代码见 docs/casework.md", "docs/casework.md lists the codes"),
        )
    outcome = OUTCOMES[code]
    if outcome.direction != direction:
        fitting = ", ".join(one.code for one in _DECLARED if one.direction == direction)
        raise LedgerError(
            filled(
                "核查结果 {code} 用于{its}线索，本条为{this}线索",
                "outcome {code} is for {its} leads, this is a {this}",
                code=f"{code} {outcome.zh}",
                its=(_KINDS[outcome.direction], outcome.direction),
                this=(_KINDS.get(direction, direction), direction),
            ),
            where=where,
            expected=(f"{fitting} 之一", f"one of {fitting}"),
            next_step=("重新选择结果代码", "choose the code again"),
        )
    return outcome
