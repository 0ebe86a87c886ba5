"""The parameter values a query runs with: the county's where a policy parameter gives one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doudi.detectors.entries import Param
    from doudi.detectors.facts import Facts
    from doudi.detectors.header import ClearingCheck, Detector
    from doudi.policy.parameters import Parameters

NATION = "000000000000"


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and where it comes from.

    Attributes:
        policy: Policy parameter that gave it; empty for the header's default.
        area_code: Area that set it.
        valid_from: Day it came into force, as ISO text.
        document_no: Document that set it.
    """

    name: str
    value: Any
    unit: str
    policy: str = ""
    area_code: str = ""
    valid_from: str = ""
    document_no: str = ""


@dataclass(frozen=True, slots=True)
class AreaGroup:
    """Counties in which every query runs with the same values.

    Attributes:
        number: Its number, from 0.
        counties: 12-digit codes of the counties.
    """

    number: int
    counties: tuple[str, ...]

    @property
    def area_code(self) -> str:
        """The county whose parameters stand for the group."""
        return self.counties[0] if self.counties else NATION


def area_groups(
    items: Sequence[Detector | ClearingCheck],
    parameters: Parameters,
    counties: Sequence[str],
    *,
    month: date,
) -> list[AreaGroup]:
    """Counties put together where no query would see a difference.

    Args:
        items: Detectors and clearing checks that will run.
        parameters: The policy parameters.
        counties: 12-digit codes of all counties with households.
        month: First day of the as-of month.
    """
    groups: dict[str, list[str]] = {}
    for county in sorted(counties) or [NATION]:
        seen = [values_of(item.params, parameters, county, month) for item in items]
        key = json.dumps([[v.value for v in values] for values in seen], default=str)
        groups.setdefault(key, []).append(county)
    return [AreaGroup(number, tuple(found)) for number, found in enumerate(groups.values())]


# Leaks also speak of household books and of people on no register or book, whose place is that of
# their registration.
_PLACES = """
CREATE OR REPLACE TABLE place AS
WITH entry AS (
    SELECT y.start_id, y.end_id, p.area_code
    FROM link_REGISTERED_IN_Person_HukouBook AS y LEFT JOIN node_Person AS p ON p.id = y.start_id
    WHERE y.valid_to IS NULL),
named AS (
    SELECT id, area_code, 1 AS rank FROM node_Household
    UNION ALL
    SELECT 'hukou_population/' || id, address_code, 2 FROM node_HukouBook
    UNION ALL
    SELECT 'hukou_population/' || end_id, area_code, 3 FROM entry
    UNION ALL
    SELECT 'person:' || id, area_code, 4 FROM node_Person
    WHERE id NOT IN (SELECT start_id FROM entry))
SELECT id, arg_min(county, (rank, county)) AS county
FROM (SELECT id, rank, CASE WHEN length(area_code) >= 6
                            THEN rpad(left(area_code, 6), 12, '0') END AS county FROM named)
GROUP BY id
"""

_IN_GROUP = """
SELECT id FROM place
WHERE (list_contains($counties, county)
       OR ($is_first AND (county IS NULL OR NOT list_contains($known, county))))
  AND ($asked::VARCHAR[] IS NULL OR list_contains($asked::VARCHAR[], id))
ORDER BY id
"""


def build_places(facts: Facts) -> None:
    """Make ``place`` (``id, county``): the county of everything a query may call a household.

    ``county`` is a 12-digit code, or null where nothing says where the household is.
    """
    facts.con.execute(_PLACES)


def households_in(
    facts: Facts, group: AreaGroup, groups: Sequence[AreaGroup], asked: Sequence[str] | None
) -> list[str]:
    """The household ids that are judged with the values of a group, in order.

    Args:
        facts: Holds ``place``.
        group: The group.
        groups: All groups; the first also takes unknown counties and those of no group.
        asked: Household ids to look at; None for all.
    """
    known = [county for each in groups for county in each.counties]
    wanted = None if asked is None else list(asked)
    found = facts.con.execute(
        _IN_GROUP,
        {
            "counties": list(group.counties),
            "known": known,
            "is_first": group.number == groups[0].number,
            "asked": wanted,
        },
    )
    return [str(row[0]) for row in found.fetchall()]


def values_of(
    params: Sequence[Param], parameters: Parameters, area_code: str, month: date
) -> tuple[Value, ...]:
    """The values of a query's parameters in an area and month.

    A policy parameter that no area up to the nation sets leaves the header's default.
    """
    return tuple(_value(param, parameters, area_code, month) for param in params)


def _value(param: Param, parameters: Parameters, area_code: str, month: date) -> Value:
    if param.policy:
        try:
            found = parameters.lookup(param.policy, area_code, month)
        except PolicyError:
            return Value(param.name, param.default, param.unit)
        return Value(
            param.name,
            _as(param.default, found.value),
            param.unit,
            policy=param.policy,
            area_code=found.area_code,
            valid_from=found.valid_from.isoformat() if found.valid_from else "",
            document_no=found.document_no,
        )
    return Value(param.name, param.default, param.unit)


def _as(default: object, value: float) -> Any:  # noqa: ANN401 - the default's own type
    """A policy number in the type of the default, so that 3 months stay a whole number."""
    if isinstance(default, bool):
        return bool(value)
    if isinstance(default, int) and float(value).is_integer():
        return int(value)
    return value


def as_json(values: Sequence[Value]) -> str:
    """Values as a JSON list with names in order, for a receipt."""
    listed = [asdict(value) for value in sorted(values, key=lambda v: v.name)]
    return json.dumps(
        listed, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")
    )
