"""Months joined to spells, and spells taken apart into months again.

A spell is a maximal run of consecutive months between the same ends, with the same properties,
source and grade. Nothing is lost: ``rows`` keeps each month's source row in the order of the
months, and a property that differs from month to month (``PAID.payment_no``,
``USES_METER.quantity``) is kept as a list, divided by commas, in the same order; what is unknown of
a month is an empty part. Three kinds of record stand alone: intervals that are not one calendar
month, payments that a later payment cancels, and values of lists that contain a comma.
"""

from __future__ import annotations

from doudi.graph.tables import properties_of
from doudi.graph.workbench import property_names

SOURCE_ROW = """coalesce(batch, '') || ':' || coalesce("row"::VARCHAR, '')"""
"""SQL for a record's source row as it stands in ``rows``."""

LISTED = {
    "PAID": ("payment_no",),
    "USES_METER": ("quantity",),
    "TURNED_OVER": ("in_count", "in_yuan", "out_yuan", "merchant_in_yuan"),
}
"""Per relation the texts that differ from month to month, and so are kept as lists."""

NUMBERED = {"PAID": "payment_no"}
"""Per relation the one that numbers its month, and by which a later record may cancel it."""


def spell_query(facts: str, *triple: str) -> str:
    """SQL for the spells of a month relation.

    Args:
        facts: Table, view or bracketed query with the columns of ``fact_columns``.
        triple: Type, start label, end label.

    Returns:
        A query whose columns are those of the graph; ``valid_to - valid_from`` is as many months
        as ``rows`` has entries, except for records that stand alone.
    """
    listed = LISTED.get(triple[0], ())
    same = [f'"{name}"' for name in property_names(*triple) if name not in listed]
    keys = ["start_id", "end_id", *same, "source", "grade", "alone"]
    key, hashed = ", ".join(keys), ", ".join(f"{name}::VARCHAR" for name in keys)
    lists = "".join(f"{_list(name)} AS {name}, " for name in listed)
    return f"""
    WITH marked AS (SELECT *, {_alone(facts, triple[0])} AS alone FROM {facts}),
    numbered AS (
        SELECT *, row_number() OVER (PARTITION BY {key}, valid_from ORDER BY fact_id) AS copy
        FROM marked),
    placed AS (
        SELECT *, date_diff('month', DATE '1970-01-01', valid_from) - row_number() OVER (
            PARTITION BY {key}, copy ORDER BY valid_from) AS island
        FROM numbered),
    spells AS (
        SELECT {key}, copy, min(valid_from) AS valid_from, max(valid_to) AS valid_to,
            max(known_from) AS known_from, {lists}
            arg_min(batch, valid_from) AS batch, arg_min("row", valid_from) AS "row",
            string_agg({SOURCE_ROW}, ',' ORDER BY valid_from) AS "rows",
            key16(string_agg(digest, ',' ORDER BY valid_from)) AS digest
        FROM placed GROUP BY {key}, copy, island)
    SELECT * EXCLUDE (alone, copy), false AS derived,
        CASE WHEN alone NOT IN ('-', '-#') THEN alone ELSE key16(to_json(
            ['{".".join(triple)}', {hashed}, valid_from::VARCHAR, copy::VARCHAR])::VARCHAR)
            END AS rid
    FROM spells"""


def unspell_query(spells: str, *triple: str) -> str:
    """SQL for the monthly records behind spells: ends, properties, months, source row, grade."""
    listed = LISTED.get(triple[0], ())
    fixed = ("fact_id", "known_from", "seq", "retracted", "digest", "valid_from", "valid_to")
    columns = [
        f'"{name}"'
        for name in properties_of(*triple).names
        if name not in (*fixed, "batch", "row", *listed)
    ]
    parts = "".join(
        f", CASE months WHEN 1 THEN {name} ELSE nullif(string_split({name}, ',')[nth], '') END AS {name}"
        for name in listed
    )
    return f"""
    WITH parts AS (
        SELECT *, string_split("rows", ',') AS part, len(string_split("rows", ',')) AS months
        FROM {spells}),
    months AS (SELECT *, unnest(range(1, months + 1)) AS nth FROM parts)
    SELECT {", ".join(columns)}{parts},
        CASE months WHEN 1 THEN valid_from
            ELSE (valid_from + to_months((nth - 1)::INT))::DATE END AS valid_from,
        CASE months WHEN 1 THEN valid_to
            ELSE (valid_from + to_months(nth::INT))::DATE END AS valid_to,
        regexp_extract(part[nth], '^(.*):([^:]*)$', 1) AS batch,
        try_cast(regexp_extract(part[nth], '^(.*):([^:]*)$', 2) AS BIGINT) AS "row"
    FROM months"""


def _list(name: str) -> str:
    """SQL for the values of a property in the order of the months; NULL where none is known."""
    values = f"string_agg(coalesce({name}, ''), ',' ORDER BY valid_from)"
    return f"CASE WHEN count(*) = 1 THEN max({name}) WHEN count({name}) > 0 THEN {values} END"


def _alone(facts: str, kind: str) -> str:
    """SQL that gives a record's own key where it must not be joined, else '-'."""
    number = NUMBERED.get(kind)
    month = "day(valid_from) = 1 AND valid_to = (valid_from + INTERVAL 1 MONTH)::DATE"
    commas = "".join(f" OR contains({name}, ',')" for name in LISTED.get(kind, ()))
    if number is None:
        return f"CASE WHEN NOT coalesce({month}, false){commas} THEN fact_id ELSE '-' END"
    return f"""CASE WHEN NOT coalesce({month}, false){commas}
        OR {number} IN (SELECT reverses FROM {facts} WHERE reverses IS NOT NULL)
        THEN fact_id WHEN {number} IS NULL THEN '-' ELSE '-#' END"""
