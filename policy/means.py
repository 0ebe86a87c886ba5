"""The means ledger: a household's income a head against the line, month by month, with its trace.

It says what registers show, not what a family has: it never decides, and where registers are
silent what was declared stands. Income of one month is set against the line of that month;
nothing is averaged over months, so that a hit is exact to the month.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from doudi.policy.household import CELLS, LINES, MEMBERS, PERIOD
from doudi.policy.income import BUSINESS, PERSONS, WAGES
from doudi.policy.parameters import in_force, missing

if TYPE_CHECKING:
    import duckdb

    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

NAMES = (
    "dibao.std_month_urban",
    "dibao.std_month_rural",
    "income.employment_deduct",
    "income.welfare_post_counted",
    "wage.minimum_month",
)
"""The parameters the ledger reads."""

LEDGER = pa.schema(
    [
        ("household_id", pa.string()),
        ("month", pa.date32()),
        ("members", pa.int32()),
        ("wage_yuan", pa.float64()),
        ("business_yuan", pa.float64()),
        ("property_yuan", pa.float64()),
        ("transfer_yuan", pa.float64()),
        ("welfare_post_yuan", pa.float64()),
        ("deduct_yuan", pa.float64()),
        ("declared_pc_yuan", pa.float64()),
        ("income_pc_yuan", pa.float64()),
        ("line_yuan", pa.float64()),
        ("over_line", pa.bool_()),
        ("trace", pa.string()),
    ]
)
"""Columns of the ledger. Yuan a month, of the household; ``*_pc_yuan`` a head. ``property_yuan`` is
null: no register in the graph tells rent, interest or dividends. ``declared_pc_yuan`` is what the
household declared a head, null where it did not."""

EXTRA = pa.schema(
    [
        ("household_id", pa.string()),
        ("person_id", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
"""Columns of members to count in as well, for the days ``valid_from`` to before ``valid_to``."""

_TRACES = """
CREATE OR REPLACE TEMP TABLE traced AS
WITH wages AS (
    SELECT household_id, month,
           list(struct_pack(person := person_id, part, kind, yuan := round(yuan, 2), rid)
                ORDER BY person_id, part) AS pay
    FROM earned GROUP BY ALL),
firms AS (
    SELECT household_id, month,
           list(struct_pack(person := person_id, company, share, yuan := round(yuan, 2), rid,
                            filing) ORDER BY person_id, company) AS business
    FROM business GROUP BY ALL),
people AS (
    SELECT household_id, month,
           list(person_id ORDER BY person_id) FILTER ("out" IS NULL AND NOT added) AS members,
           list(person_id ORDER BY person_id) FILTER ("out" IS NULL AND added) AS added,
           list(struct_pack(person := person_id, reason := "out") ORDER BY person_id)
               FILTER ("out" IS NOT NULL) AS not_counted
    FROM member GROUP BY ALL),
told AS (
    SELECT household_id, month,
           list(struct_pack(person := person_id, yuan := declared_yuan) ORDER BY person_id) AS said
    FROM person_month WHERE declared_yuan > 0 GROUP BY ALL)
SELECT c.household_id, c.month, to_json(struct_pack(
           members := p.members, added := p.added, not_counted := p.not_counted, pay := w.pay,
           business := f.business, declared := t.said,
           line := struct_pack(parameter := l.param, area_code := l.set_by,
                               document_no := l.document_no, origin := l.origin),
           unknown := ['property', 'support by relatives']))::VARCHAR AS trace
FROM cell AS c LEFT JOIN people AS p USING (household_id, month)
LEFT JOIN wages AS w USING (household_id, month) LEFT JOIN firms AS f USING (household_id, month)
LEFT JOIN told AS t USING (household_id, month) LEFT JOIN line AS l USING (household_id, month)
"""

# What the household declared is a floor for its listed members; whoever is counted in besides
# adds what registers show of him.
_SUM = """
WITH total AS (
    SELECT household_id, month, count(*) AS members, count(*) FILTER (NOT added) AS listed,
           sum(wage_yuan) AS wage, sum(business_yuan) AS business, sum(transfer_yuan) AS transfer,
           sum(welfare_post_yuan) AS welfare, sum(deduct_yuan) AS deduct,
           coalesce(sum(wage_yuan + business_yuan + transfer_yuan - deduct_yuan + declared_yuan)
                    FILTER (NOT added), 0) AS own,
           coalesce(sum(wage_yuan + business_yuan + transfer_yuan - deduct_yuan)
                    FILTER (added), 0) AS others
    FROM person_month GROUP BY ALL),
judged AS (
    SELECT t.*, c.declared_pc_yuan, l.line_yuan, x.trace,
           (greatest(t.own, coalesce(c.declared_pc_yuan, 0) * t.listed) + t.others) / t.members
               AS income_pc
    FROM total AS t JOIN cell AS c USING (household_id, month)
    JOIN line AS l USING (household_id, month) JOIN traced AS x USING (household_id, month))
SELECT household_id, month, members::INTEGER AS members, round(wage, 2) AS wage_yuan,
       round(business, 2) AS business_yuan, NULL::DOUBLE AS property_yuan,
       round(transfer, 2) AS transfer_yuan, round(welfare, 2) AS welfare_post_yuan,
       round(deduct, 2) AS deduct_yuan, declared_pc_yuan, round(income_pc, 2) AS income_pc_yuan,
       line_yuan, round(income_pc, 2) > line_yuan AS over_line, trace
FROM judged ORDER BY household_id, month
"""

_NOTHING_KNOWN = date(1970, 1, 1)

_UNLINED = """
SELECT c.area_code, c.month,
       CASE c.urban_rural WHEN '城市' THEN 'dibao.std_month_urban'
            ELSE 'dibao.std_month_rural' END AS name
FROM cell AS c JOIN line AS l USING (household_id, month)
WHERE l.line_yuan IS NULL ORDER BY c.month, c.area_code LIMIT 1
"""


def means_ledger(
    projection: Projection, parameters: Parameters, *, as_of: date | None = None
) -> pa.Table:
    """Income a head against the line, one row a 低保 or 特困 household and month with the benefit.

    Args:
        projection: The graph's tables.
        parameters: What the county's rules said.
        as_of: First day of the last month that counts; the last paid month when None.

    Returns:
        The columns of ``LEDGER``, ordered by household and month. ``over_line`` is true only above
        the line: at the line there is nothing left to pay, and nothing paid in excess.

    Raises:
        PolicyError: if no standard is in force for a household's area and month.
    """
    return _ledger(projection, parameters, EXTRA.empty_table(), as_of=as_of, households=None)


def recompute(
    projection: Projection,
    parameters: Parameters,
    extra_members: pa.Table,
    *,
    as_of: date | None = None,
) -> pa.Table:
    """The ledger of some households with more people counted as members.

    Args:
        projection: The graph's tables.
        parameters: What the county's rules said.
        extra_members: The columns of ``EXTRA``; who is a member anyway is not counted twice.
        as_of: As in ``means_ledger``.

    Returns:
        Rows as of ``means_ledger``, of the households named in ``extra_members`` only.

    Raises:
        PolicyError: as ``means_ledger``.
    """
    extra = extra_members.select(EXTRA.names).cast(EXTRA)
    named = sorted(set(extra["household_id"].to_pylist()))
    return _ledger(projection, parameters, extra, as_of=as_of, households=named)


def _ledger(
    projection: Projection,
    parameters: Parameters,
    extra: pa.Table,
    *,
    as_of: date | None,
    households: list[str] | None,
) -> pa.Table:
    # A cursor has temporary tables of its own and sees the projection's views.
    con = projection.con.cursor()
    try:
        con.register("extra", extra)
        con.register("parameter", parameters.table(NAMES))
        con.execute(PERIOD, [as_of, projection.as_known or _NOTHING_KNOWN])
        con.execute(CELLS, [households, households])
        con.execute(f"CREATE OR REPLACE TEMP TABLE force AS {in_force('cell', 'parameter')}")
        con.execute(LINES)
        _check_lines(con, parameters)
        for statement in (MEMBERS, WAGES, BUSINESS, PERSONS, _TRACES):
            con.execute(statement)
        return con.execute(_SUM).fetch_arrow_table().cast(LEDGER)
    finally:
        con.close()


def _check_lines(con: duckdb.DuckDBPyConnection, parameters: Parameters) -> None:
    found = con.execute(_UNLINED).fetchone()
    if found:
        area_code, month, name = found
        raise missing(name, area_code, month, known=parameters.names())
