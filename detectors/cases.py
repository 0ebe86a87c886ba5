"""Case files: what a detector must find, and what it must leave alone.

``tests/detectors/<stem>.toml`` holds ``[[case]]`` tables::

    [[case]]
    name = "a stake at the threshold counts"
    kind = "threshold"          # hit | quiet | unknown | threshold
    threshold = "min_ratio"     # for kind threshold: the parameter …
    side = "at"                 # … and the side: below | at
    as_of = 2026-06-01          # or "2026-06"
    params = { min_ratio = 0.05 }
    graph = '''CREATE (h:Household {id: 'dibao_household_register/D1'}) …'''
    finds = [{ household = "dibao_household_register/D1", person_id = "p1" }]

``finds`` lists identities: tables with the identity columns (and any other returned column), or
lists in the order of ``identity``. A case of a clearing check gives ``hits``, a list of tables, and
``finds`` names ``hit_id`` (and any other returned column).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from doudi.detectors.entries import problem, refuse
from doudi.detectors.header import Detector
from doudi.detectors.months import next_month
from doudi.graph.errors import TOML, DetectorError, toml_problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from doudi.detectors.entries import ParamValue, Problem
    from doudi.detectors.header import ClearingCheck
    from doudi.graph.connection import Connection

Kind = Literal["hit", "quiet", "unknown", "threshold"]
_ENTRIES = {
    "name", "kind", "graph", "params", "as_of", "finds", "hits", "threshold", "side", "households",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        name: What it shows, in words.
        graph: Cypher that creates its nodes and relations.
        params: Values that differ from the header's defaults.
        as_of: First day of the month it is looked at.
        finds: Expected rows as column to value.
        hits: What a clearing check is asked about.
        households: Graph Household ids to look at, None for all.
        threshold: Parameter whose threshold is shown, or empty.
        side: Side of that threshold: below, at, or empty.
    """

    name: str
    kind: Kind
    graph: str
    params: dict[str, ParamValue]
    as_of: date
    finds: tuple[dict[str, Any], ...]
    hits: tuple[dict[str, Any], ...]
    households: tuple[str, ...] | None
    threshold: str
    side: str


def identity_of(item: Detector | ClearingCheck) -> tuple[str, ...]:
    """The columns that identify a row of a query."""
    return item.identity if isinstance(item, Detector) else ("hit_id",)


def read_cases(path: Path, item: Detector | ClearingCheck) -> list[Case]:
    """The cases of a file, checked to be complete.

    Args:
        path: The case file.
        item: The detector or clearing check of the same stem.

    Raises:
        DetectorError: naming the file and everything that is wrong or not shown: a hit, a quiet
            case, an unknown case, both sides of every numeric parameter.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DetectorError(
            ("没有案例文件", "there is no case file"),
            where=path.name,
            expected=(f"{item.id} 的案例", f"cases of {item.id}"),
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DetectorError(toml_problem(error), where=path.name, expected=TOML) from None
    entries = table.get("case", [])
    problems = [p for number, entry in enumerate(entries, 1) for p in _wrong(number, entry)]
    refuse(path.name, problems)
    cases = [_case(entry, item) for entry in entries]
    refuse(path.name, [*_not_shown(cases, item), *_misnamed(cases, item)])
    return cases


def _wrong(number: int, entry: dict[str, Any]) -> Iterable[Problem]:
    named = str(entry.get("name", ""))
    case = (f"第 {number} 例（{named or '无名称'}）", f"case {number} ({named or 'no name'})")
    for key in sorted({"name", "kind", "graph", "as_of"} - set(entry)):
        yield problem(number, "case_lacks", case=case, key=key)
    for key in sorted(set(entry) - _ENTRIES):
        yield problem(number, "case_entry", case=case, key=key)
    if entry.get("kind") not in get_args(Kind):
        yield problem(number, "case_kind", case=case, names=", ".join(get_args(Kind)))
    if entry.get("kind") == "threshold" and (
        not entry.get("threshold") or entry.get("side") not in {"below", "at"}
    ):
        yield problem(number, "case_threshold", case=case)
    if _month(entry.get("as_of")) is None and "as_of" in entry:
        yield problem(number, "case_month", case=case)


def _month(value: object) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, 1)
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        return None


def _case(entry: dict[str, Any], item: Detector | ClearingCheck) -> Case:
    households = entry.get("households")
    return Case(
        name=entry["name"],
        kind=entry["kind"],
        graph=entry["graph"],
        params=entry.get("params", {}),
        as_of=cast("date", _month(entry["as_of"])),
        finds=tuple(_find(find, item) for find in entry.get("finds", [])),
        hits=tuple(entry.get("hits", [])),
        households=tuple(households) if households is not None else None,
        threshold=entry.get("threshold", ""),
        side=entry.get("side", ""),
    )


def _find(find: object, item: Detector | ClearingCheck) -> dict[str, Any]:
    if isinstance(find, dict):
        return find
    values = find if isinstance(find, list) else [find]
    return dict(zip(identity_of(item), values, strict=False))


def _not_shown(cases: list[Case], item: Detector | ClearingCheck) -> Iterable[Problem]:
    kinds = {case.kind for case in cases}
    for kind in ("hit", "quiet", "unknown"):
        if kind not in kinds:
            yield problem(1, "no_case", kind=kind)
    shown = {(case.threshold, case.side) for case in cases}
    for param in item.params:
        is_number = isinstance(param.default, int | float) and not isinstance(param.default, bool)
        for side in ("below", "at"):
            if is_number and (param.name, side) not in shown:
                yield problem(1, "no_side", side=side, name=param.name)


def _misnamed(cases: list[Case], item: Detector | ClearingCheck) -> Iterable[Problem]:
    names = {param.name for param in item.params}
    identity = identity_of(item)
    for number, case in enumerate(cases, 1):
        told = (f"第 {number} 例", f"case {number}")
        for name in sorted({*case.params, case.threshold} - names - {""}):
            yield problem(number, "case_param", case=told, name=name, id=item.id)
        for find in case.finds:
            for name in sorted(set(find) - set(item.returns)):
                yield problem(number, "case_column", case=told, name=name)
            for name in (name for name in identity if name not in find):
                yield problem(number, "finds_lacks", case=told, name=name)
        if case.kind == "hit" and not case.finds:
            yield problem(number, "hit_without", case=told)
        if case.kind == "quiet" and case.finds:
            yield problem(number, "quiet_with", case=told)


def run_case(connection: Connection, item: Detector | ClearingCheck, case: Case) -> list[str]:
    """Create the case's graph in an empty graph, ask, and say what differs.

    Args:
        connection: A server whose graph is empty and may be written.
        item: The detector or clearing check.
        case: The case.

    Returns:
        One sentence a difference; none when the case holds.
    """
    connection.run(case.graph)
    given: dict[str, Any] = {param.name: param.default for param in item.params} | case.params
    given |= {"as_of": case.as_of, "as_of_end": next_month(case.as_of)}
    if isinstance(item, Detector):
        given["households"] = list(case.households) if case.households is not None else None
    else:
        given["hits"] = list(case.hits)
    rows = connection.read(item.query, given)
    return [*_columns_differ(rows, item), *_rows_differ(rows, item, case)]


def _columns_differ(rows: pd.DataFrame, item: Detector | ClearingCheck) -> list[str]:
    if tuple(rows.columns) in {item.returns, ()}:
        return []
    return [f"returned columns are {list(rows.columns)}, declared {list(item.returns)}"]


def _rows_differ(rows: pd.DataFrame, item: Detector | ClearingCheck, case: Case) -> Iterable[str]:
    # A case has a handful of rows; the loop is over them.
    found: list[dict[str, Any]] = [
        {str(k): _plain(v) for k, v in row.items()} for row in rows.to_dict("records")
    ]
    identity = identity_of(item)
    keys = Counter(tuple(str(row.get(name)) for name in _row_key(item)) for row in found)
    for key, count in keys.items():
        if count > 1:
            yield f"{count} rows of one identity and interval: {key}"
    left = [{name: _plain(value) for name, value in find.items()} for find in case.finds]
    for row in found:
        match = next((f for f in left if all(row.get(n) == v for n, v in f.items())), None)
        if match is not None:
            left.remove(match)
        elif not _is_repeat(row, identity, case):
            yield f"found and not expected: { {name: row.get(name) for name in identity} }"
    for find in left:
        yield f"expected and not found: {find}"


def _row_key(item: Detector | ClearingCheck) -> tuple[str, ...]:
    if isinstance(item, Detector):
        return (*item.identity, "fact_from", "fact_to")
    return ("hit_id", *(n for n in ("cleared_from", "cleared_to") if n in item.returns))


def _is_repeat(row: dict[str, Any], identity: tuple[str, ...], case: Case) -> bool:
    """Whether an expected identity comes a second time with another interval."""
    given = [{n: _plain(find[n]) for n in identity} for find in case.finds]
    return {name: row.get(name) for name in identity} in given and all(
        set(find) == set(identity) for find in case.finds
    )


def _plain(value: object) -> object:
    """A value as the case file writes it: dates as dates, missing as None."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are not themselves
        return None
    return value.date() if isinstance(value, datetime) else value
