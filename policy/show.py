"""Parameters and their effect as tables to look at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from doudi.graph.errors import PolicyError, UnknownName, UsageError
from doudi.policy.defaults import defaults
from doudi.policy.diff import diff
from doudi.policy.parameters import NATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

COLUMNS = ("param", "value", "unit", "area_code", "valid_from", "valid_to", "document_no",
           "origin", "why")  # fmt: skip


def shown(
    parameters: Parameters, *, month: date, area: str = "", name: str | None = None
) -> pd.DataFrame:
    """The parameters in force in an area and month, with where each comes from.

    Args:
        parameters: What is known.
        month: First day of the month.
        area: Area code of 2 to 12 digits; without one, the area most values were set for.
        name: Only this parameter.

    Returns:
        One row a parameter, with ``COLUMNS``. Where nothing is in force the value is empty and
        ``origin`` says ``missing``.

    Raises:
        UnknownName: if there is no parameter of that name.
    """
    if name is not None:
        _require_known(name, parameters)
    area_code = area or _usual_area(parameters)
    wanted = parameters.names() if name is None else [name]
    rows = [_row(parameters, each, area_code, month) for each in wanted]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def moved(
    projection: Projection, parameters: Parameters, changes: Sequence[str], *, month: date
) -> pd.DataFrame:
    """Households that would move across the line under ``name=value`` changes.

    Raises:
        UsageError: if a change is not of this form.
        UnknownName: if there is no parameter of that name.
    """
    wanted = dict(_change(text, parameters) for text in changes)
    found = diff(projection, parameters, parameters.changed(wanted), month=month)
    table: pd.DataFrame = found.moves.to_pandas()
    return table


def _change(text: str, parameters: Parameters) -> tuple[str, float]:
    name, _, number = text.partition("=")
    _require_known(name, parameters)
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(
            (f"“{text}”不是参数变动", f"{text!r} is no change"),
            where="policy diff",
            expected=(
                "参数名=数值，如 dibao.std_month_rural=600",
                "name=value, such as dibao.std_month_rural=600",
            ),
            next_step=(
                "用 doudi policy show 查看参数名和现行值",
                "doudi policy show lists the names and the values that hold now",
            ),
        )
    return name, value


def _require_known(name: str, parameters: Parameters) -> None:
    if name not in parameters.names():
        raise UnknownName.among(
            ("参数", "parameter"),
            name,
            parameters.names(),
            where="policy",
            next_step=("用 doudi policy show 查看参数", "doudi policy show lists the parameters"),
        )


def _usual_area(parameters: Parameters) -> str:
    areas = [value.area_code for value in parameters.delivered]
    return max(sorted(set(areas)), key=areas.count, default=NATION)


def _row(parameters: Parameters, name: str, area_code: str, month: date) -> list[object]:
    default = defaults().get(name)
    why = default.why if default else ""
    try:
        found = parameters.lookup(name, area_code, month)
    except PolicyError:
        return [name, None, "", area_code, None, None, "", "missing", why]
    return [
        name,
        found.value,
        found.unit,
        found.area_code,
        found.valid_from,
        found.valid_to,
        found.document_no,
        found.origin,
        why,
    ]
