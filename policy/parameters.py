"""Dated parameters: what an area's rules said in a month, as known at a day.

A month is looked up by its first day, so a raise in the middle of a month counts from the next
one. The nearest area that has a value in force wins; within an area the value that came into force
last, and of two records of it the one learnt last.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa

from doudi.graph.errors import PolicyError, near
from doudi.policy.defaults import defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from doudi.graph.tables import FactView

NATION = "000000000000"

_ROWS = """
SELECT * FROM read_parquet(?, union_by_name = true) WHERE known_from <= ?
QUALIFY row_number() OVER (PARTITION BY param, area_code, valid_from
                           ORDER BY known_from DESC, seq DESC) = 1
ORDER BY param, area_code, valid_from
"""

_COLUMNS = pa.schema(
    [
        ("param", pa.string()),
        ("area_code", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("document_no", pa.string()),
        ("known_from", pa.date32()),
        ("origin", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A value, and where it comes from.

    Attributes:
        name: Name such as ``dibao.std_month_rural``.
        value: The number, in ``unit``.
        unit: What it counts.
        area_code: 12-digit code of the area that set it; all zeros for the nation.
        valid_from: First day in force; None when it always was.
        valid_to: First day no longer in force; None while it lasts.
        document_no: Number of the document that set it; empty when unknown.
        known_from: Day on which the office learnt it; None for a shipped default.
        origin: ``delivered`` by a county, ``shipped`` with doudi, or ``changed`` by hand.
    """

    name: str
    value: float
    unit: str = ""
    area_code: str = NATION
    valid_from: date | None = None
    valid_to: date | None = None
    document_no: str = ""
    known_from: date | None = None
    origin: Literal["delivered", "shipped", "changed"] = "delivered"

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_to is None or day < self.valid_to)


class Parameters:
    """All parameters of one state of knowledge.

    Args:
        values: What areas have set. The shipped defaults are added below them.
    """

    def __init__(self, values: Iterable[ParameterValue] = ()) -> None:
        """Order the values by name and area."""
        self.delivered = tuple(values)
        self._by_place: dict[tuple[str, str], list[ParameterValue]] = defaultdict(list)
        for value in self.delivered:
            self._by_place[value.name, padded(value.area_code)].append(value)
        for found in self._by_place.values():
            found.sort(key=_newest_last, reverse=True)

    @classmethod
    def from_view(cls, view: FactView) -> Parameters:
        """The parameters known at the view's day."""
        paths = sorted(str(p) for p in (view.store.root / "parameters").glob("[0-9]*.parquet"))
        if not paths:
            return cls()
        whole = [place for place, path in enumerate(paths) if path.endswith(".whole.parquet")]
        paths = paths[max(whole, default=0) :]  # a late delivery tells all of them anew
        with duckdb.connect() as con:
            table = con.execute(_ROWS, [paths, view.as_known or date.max]).fetch_arrow_table()
        return cls(
            ParameterValue(
                name=row["param"],
                value=row["value"],
                unit=row["unit"] or "",
                area_code=padded(row["area_code"] or NATION),
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
                document_no=row["document_no"] or "",
                known_from=row["known_from"],
            )
            for row in table.to_pylist()  # some hundred rows, and a dataclass is wanted of each
            if not row["retracted"] and row["value"] is not None
        )

    def names(self) -> list[str]:
        """Every name that is shipped or set, sorted."""
        return sorted({*defaults(), *(value.name for value in self.delivered)})

    def lookup(self, name: str, area_code: str, month: date) -> ParameterValue:
        """The value in force, with its origin.

        Args:
            name: Name of the parameter.
            area_code: Area code of 2 to 12 digits.
            month: A day; the first of a month where a month is meant.

        Raises:
            PolicyError: if nothing up to the shipped defaults holds then.
        """
        for area in area_chain(area_code):
            for value in self._by_place.get((name, area), ()):
                if value.holds_on(month):
                    return value
        shipped = defaults().get(name)
        if shipped and shipped.since <= month:
            return _as_value(name)
        raise missing(name, area_code, month, known=self.names())

    def value(self, name: str, area_code: str, month: date) -> float:
        """The number in force; otherwise as ``lookup``.

        >>> Parameters().value("edge.multiple", "539901001000", date(2026, 6, 1))
        1.5
        """
        return self.lookup(name, area_code, month).value

    def table(self, names: Iterable[str] | None = None) -> pa.Table:
        """The values as a table for joins, shipped defaults as rows of the nation.

        Args:
            names: Names that are wanted; all when None.

        Returns:
            Columns ``param, area_code, valid_from, valid_to, value, unit, document_no,
            known_from, origin``; ``in_force`` joins it to areas and months.
        """
        wanted = set(self.names() if names is None else names)
        shipped = [_as_value(name) for name in sorted(wanted & set(defaults()))]
        chosen = [value for value in self.delivered if value.name in wanted]
        rows = [
            {column: getattr(value, "name" if column == "param" else column)
             for column in _COLUMNS.names}
            for value in [*chosen, *shipped]
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_COLUMNS)

    def changed(self, changes: Mapping[str, float]) -> Parameters:
        """The same parameters with some values replaced, everywhere and at all times."""
        unit = {value.name: value.unit for value in self.delivered}
        unit |= {name: default.unit for name, default in defaults().items()}
        kept = [value for value in self.delivered if value.name not in changes]
        new = [
            ParameterValue(name, number, unit.get(name, ""), origin="changed")
            for name, number in changes.items()
        ]
        return Parameters([*kept, *new])


def _newest_last(value: ParameterValue) -> tuple[date, date]:
    return value.valid_from or date.min, value.known_from or date.min


def _as_value(name: str) -> ParameterValue:
    default = defaults()[name]
    return ParameterValue(
        name, default.value, default.unit, valid_from=default.since, origin="shipped"
    )


def padded(area_code: str) -> str:
    """An area code in twelve digits.

    >>> padded("5399")
    '539900000000'
    """
    return area_code.strip().ljust(12, "0")


def area_chain(area_code: str) -> tuple[str, ...]:
    """The area itself, then township, county, city, province and nation, without repeats.

    >>> area_chain("539901001000")
    ('539901001000', '539901000000', '539900000000', '530000000000', '000000000000')
    """
    code = padded(area_code)
    return tuple(dict.fromkeys(padded(code[:digits]) for digits in (12, 9, 6, 4, 2, 0)))


def missing(name: str, area_code: str, month: date, *, known: Iterable[str]) -> PolicyError:
    """The error of a parameter that nobody has set."""
    names = set(known)
    row = (
        "policy_parameters 中该区划或其上级、该月份的一行",
        "a row of policy_parameters for the area, or one above it, and the month",
    )
    area = padded(area_code)
    return PolicyError(
        (f"{name} 没有现行值", f"no value of {name} is in force"),
        where=(f"区划 {area}，{month:%Y-%m}", f"area {area}, {month:%Y-%m}"),
        expected=row if name in names else near(name, names) or row,
        next_step=(
            "报送含该参数的 policy_parameters",
            "deliver policy_parameters with this parameter",
        ),
    )


def in_force(cells: str, parameters: str) -> str:
    """SQL that gives the value in force for areas and months.

    Args:
        cells: Table or view with ``area_code`` and ``month``.
        parameters: Table or view with the columns of ``Parameters.table``.

    Returns:
        A query with ``area_code, month, param, value, set_by`` (the area that set it),
        ``document_no`` and ``origin``; a cell without a value has no row.
    """
    return f"""
    WITH chain AS (
        SELECT DISTINCT area_code, month, unnest([12, 9, 6, 4, 2, 0]) AS digits FROM {cells}),
    places AS (
        SELECT area_code, month, digits,
               rpad(left(coalesce(area_code, ''), digits), 12, '0') AS place
        FROM chain)
    SELECT c.area_code, c.month, p.param, p.value, p.area_code AS set_by, p.document_no, p.origin
    FROM places AS c JOIN {parameters} AS p ON p.area_code = c.place
        AND coalesce(p.valid_from <= c.month, true) AND coalesce(c.month < p.valid_to, true)
    QUALIFY row_number() OVER (
        PARTITION BY c.area_code, c.month, p.param
        ORDER BY p.origin = 'shipped', c.digits DESC, p.valid_from DESC NULLS LAST,
                 p.known_from DESC NULLS LAST) = 1"""
