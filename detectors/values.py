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
