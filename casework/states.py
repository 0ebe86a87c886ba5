"""The states of a lead and the steps between them, as data.

The main line is walked one step at a time; there is no way to skip a state. Side states leave
the line for a stated reason and come back to it. ``rules.py`` enforces what stands here, the
tests and ``docs/casework.md`` read the same declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from doudi.graph.errors import UnknownName, filled, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doudi.graph.errors import Pair, Said

#: The name under which doudi itself writes; it may merge leads and nothing else.
SYSTEM_ACTOR = "doudi"

#: Target of the step that goes back to wherever the lead was before it was suspended.
BEFORE_SUSPENSION = ""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a lead.

    Attributes:
        code: Stable code, upper case.
        zh: Chinese title.
        en: English title.
        kind: ``main`` for the line from generation to closing, ``side`` for a detour.
    """

    code: str
    zh: str
    en: str
    kind: Literal["main", "side"] = "main"


@dataclass(frozen=True, slots=True)
class Action:
    """One step that a person (or doudi, where ``who`` says so) may take.

    Attributes:
        name: What is typed, lower case.
        zh: Chinese title.
        en: English title.
        sources: Codes of the states it may start from.
        target: Code of the state it ends in; empty: the state before the suspension.
        who: Roles that may take it.
        needs_reason: Whether a written reason is needed.
        outcome: ``proposed`` by the visitor, ``confirmed`` by the county, ``kept`` as confirmed,
            or ``none`` where no outcome belongs.
    """

    name: str
    zh: str
    en: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    needs_reason: bool = False
    outcome: Literal["none", "proposed", "confirmed", "kept"] = "none"


ROLES: Mapping[str, tuple[str, str]] = {
    "system": ("系统", "doudi itself"),
    "steward": ("数据管理员", "data steward"),
    "analyst": ("分析员", "analyst"),
    "township": ("乡镇核查员", "township verifier"),
    "county": ("县级审批人", "county approver"),
    "auditor": ("审计人员（只读）", "auditor, reads only"),
}

_STATES = (
    State("GENERATED", "生成", "generated"),
    State("TRIAGED", "预审归并", "triaged and merged"),
    State("DISPATCHED", "下发", "dispatched"),
    State("ACCEPTED", "签收", "accepted"),
    State("VERIFYING", "核查中", "being verified"),
    State("REPORTED", "已反馈", "reported"),
    State("REVIEWED", "县级复核", "reviewed by the county"),
    State("ACTIONED", "已处置", "acted upon"),
    State("CLOSED", "办结", "closed"),
    State("EXTENDED", "延期", "extended, once", "side"),
    State("RETURNED", "退回", "returned", "side"),
    State("SUSPENDED", "暂停", "suspended, data disputed", "side"),
    State("APPEALED", "申诉", "appealed", "side"),
    State("REOPENED", "重开", "reopened", "side"),
    State("VOID", "作废", "void", "side"),
)

STATES: Mapping[str, State] = {state.code: state for state in _STATES}
MAIN_LINE: tuple[str, ...] = tuple(state.code for state in _STATES if state.kind == "main")
FINISHED = frozenset({"CLOSED", "VOID"})

_VISIT = ("VERIFYING", "EXTENDED")
_IN_WORK = ("DISPATCHED", "ACCEPTED", *_VISIT, "REPORTED")
_OPEN = ("GENERATED", "TRIAGED", *_IN_WORK, "RETURNED", "SUSPENDED", "REOPENED")
_COUNTY = ("county",)
_TOWNSHIP = ("township",)
_BOTH = ("township", "county")

_ACTIONS = (
    Action("triage", "预审归并", "merge by household", ("GENERATED",), "TRIAGED",
           ("system", "analyst", "county")),
    Action("dispatch", "下发", "send to the township", ("TRIAGED", "RETURNED", "REOPENED"),
           "DISPATCHED", ("analyst", "county")),
    Action("accept", "签收", "accept", ("DISPATCHED",), "ACCEPTED", _TOWNSHIP),
    Action("verify", "开始核查", "start the home visit", ("ACCEPTED",), "VERIFYING", _TOWNSHIP),
    Action("extend", "延期", "extend the visit, once", ("VERIFYING",), "EXTENDED", _BOTH,
           needs_reason=True),
    Action("report", "反馈", "report what was found", _VISIT, "REPORTED", _TOWNSHIP,
           outcome="proposed"),
    Action("review", "复核", "review the report", ("REPORTED",), "REVIEWED", _COUNTY,
           outcome="confirmed"),
    Action("act", "处置", "carry the outcome out", ("REVIEWED",), "ACTIONED", _COUNTY,
           outcome="kept"),
    Action("close", "办结", "close", ("ACTIONED",), "CLOSED", _COUNTY),
    Action("return", "退回", "send back", _IN_WORK, "RETURNED", _BOTH, needs_reason=True),
    Action("suspend", "暂停", "suspend while data is disputed", ("TRIAGED", *_IN_WORK, "REVIEWED"),
           "SUSPENDED", ("steward", "county"), needs_reason=True),
    Action("resume", "恢复", "go on where it was suspended", ("SUSPENDED",), BEFORE_SUSPENSION,
           ("steward", "county")),
    Action("appeal", "申诉", "enter the family's appeal", ("ACTIONED", "CLOSED"), "APPEALED",
           _BOTH, needs_reason=True),
    Action("uphold", "维持", "uphold on appeal", ("APPEALED",), "CLOSED", _COUNTY,
           needs_reason=True),
    Action("amend", "变更", "change the outcome on appeal", ("APPEALED",), "REVIEWED", _COUNTY,
           needs_reason=True, outcome="confirmed"),
    Action("reopen", "重开", "reopen", ("CLOSED", "VOID"), "REOPENED", _COUNTY,
           needs_reason=True),
    Action("void", "作废", "declare void", _OPEN, "VOID", _COUNTY, needs_reason=True),
)  # fmt: skip  # one action is read as one entry

ACTIONS: Mapping[str, Action] = {action.name: action for action in _ACTIONS}


STEPS: Mapping[str, str] = {name: action.zh for name, action in ACTIONS.items()} | {
    "generate": "生成",
    "assign": "指派",
}
"""Chinese titles of all steps of a history; a run and `leads assign` write the last two."""


def typed(step: str) -> Pair:
    """A step as it is typed; its title too where Chinese is read.

    >>> typed("accept")
    ('accept 签收', 'accept')
    """
    return f"{step} {STEPS[step]}", step


def steps_from(state: str) -> tuple[Action, ...]:
    """The steps that the state allows, in the order of the declaration."""
    return tuple(action for action in _ACTIONS if state in action.sources)


def titled(code: str) -> str:
    """A state by its code and Chinese title.

    >>> titled("VERIFYING")
    'VERIFYING 核查中'
    """
    return f"{code} {STATES[code].zh}"


def steps_in_words(state: str) -> Pair:
    """The allowed steps and where they lead, for a message."""
    steps = [
        filled(
            "{step} → {target}",
            "{step} -> {target}",
            step=f"{step.name} {step.zh}",
            target=(titled(step.target), step.target) if step.target else _BEFORE,
        )
        for step in steps_from(state)
    ]
    return joined(steps, "、", ", ")


_BEFORE = ("暂停前的状态", "the state before")


def action_named(name: str, *, where: Said) -> Action:
    """The action of that name.

    Raises:
        UnknownName: if there is none, with the nearest names.
    """
    if name not in ACTIONS:
        raise UnknownName.among(
            ("步骤", "action"),
            name,
            ACTIONS,
            where=where,
            next_step=("步骤见 docs/casework.md", "docs/casework.md lists the steps"),
        )
    return ACTIONS[name]
