"""What the queries find: rows of all detectors in one table, each with its stable id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doudi.detectors.header import OWN_COLUMNS, RETURNED
from doudi.detectors.sayings import sentence

if TYPE_CHECKING:
    import pandas as pd

    from doudi.detectors.facts import Facts
    from doudi.detectors.header import Detector

_MAKE = """
CREATE OR REPLACE TABLE found (
    hit_id VARCHAR, detector VARCHAR, version BIGINT, direction VARCHAR, strength VARCHAR,
    household VARCHAR, person_id VARCHAR, benefit VARCHAR, fact_from DATE, fact_to DATE,
    exposure_yuan_month DOUBLE, also_paid VARCHAR, evidence VARCHAR[], columns VARCHAR,
    states_zh VARCHAR, states_en VARCHAR, min_grade VARCHAR, area_group BIGINT)
"""


def empty_found(facts: Facts) -> None:
    """Make the table ``found``, without rows."""
    facts.con.execute(_MAKE)


def _native(value: Any) -> Any:  # noqa: ANN401 - a driver's value
    """A driver's value as Python's own; NaN and NaT are missing."""
    if hasattr(value, "to_native"):
        return value.to_native()
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only NaN is not itself
        return None
    return value


def as_columns(
    rows: pd.DataFrame, names: tuple[str, ...], kinds: dict[str, pa.DataType]
) -> pa.Table:
    """The rows of a query as an Arrow table.

    Args:
        rows: What the connection returned.
        names: Columns wanted; one that was not returned is empty.
        kinds: Types that are settled; Arrow settles the others, text where all is missing.
    """
    columns = {}
    for name in names:
        values = [_native(value) for value in rows[name]] if name in rows else [None] * len(rows)
        array = pa.array(values, type=kinds.get(name))
        columns[name] = array.cast(pa.string()) if pa.types.is_null(array.type) else array
    return pa.table(columns)


def as_table(rows: pd.DataFrame, detector: Detector) -> pa.Table:
    """The rows of a detector's query with the types that hits have."""
    kinds = dict.fromkeys(("household", "person_id", "benefit", "also_paid"), pa.string())
    kinds |= dict.fromkeys(("fact_from", "fact_to"), pa.date32())
    kinds |= {"evidence": pa.list_(pa.string()), "exposure_yuan_month": pa.float64()}
    return as_columns(rows, tuple(dict.fromkeys((*detector.returns, *OWN_COLUMNS))), kinds)


def add_found(facts: Facts, rows: pd.DataFrame, detector: Detector, *, area_group: int) -> int:
    """Add the rows of one detector to ``found``; returns how many.

    The hit id is ``h`` and 20 hex digits of the sha256 over the detector's id and the identity
    columns, so that tomorrow's run recognises today's hit.
    """
    if rows.empty:
        return 0
    facts.con.register("_rows", _with_sentences(as_table(rows, detector), detector))
    fixed = {*RETURNED, *OWN_COLUMNS}
    own = sorted(name for name in detector.returns if name not in fixed)
    packed = ", ".join(f'"{name}" := "{name}"' for name in own)
    columns = f"to_json(struct_pack({packed}))::VARCHAR" if own else "'{}'"
    identity = ", ".join(f"coalesce(\"{name}\"::VARCHAR, '')" for name in detector.identity)
    facts.con.execute(
        f"""
        INSERT INTO found
        SELECT 'h' || left(sha256(concat_ws('|', ?, {identity})), 20), ?, ?, ?, ?,
               household, person_id, benefit, fact_from, fact_to, exposure_yuan_month, also_paid,
               list_filter(evidence, rid -> rid IS NOT NULL), {columns}, _zh, _en, ?, ?
        FROM _rows WHERE household IS NOT NULL
        """,
        [detector.id, detector.id, detector.version, detector.direction, detector.strength,
         detector.min_grade, area_group],
    )  # fmt: skip
    facts.con.unregister("_rows")
    return len(rows)


def _with_sentences(table: pa.Table, detector: Detector) -> pa.Table:
    """The table with each row's sentences as ``_zh`` and ``_en``."""
    # A sentence of words is made for each row; there is no vector form of prose.
    rows = table.to_pylist()
    texts = {
        "_zh": [sentence(detector.states.zh, row, "zh") for row in rows],
        "_en": [sentence(detector.states.en, row, "en") for row in rows],
    }
    for name, column in texts.items():
        table = table.append_column(name, pa.array(column, pa.string()))
    return table


_HITS = """
CREATE OR REPLACE TABLE hit AS
SELECT hit_id, any_value(detector) AS detector, any_value(version) AS version,
       any_value(direction) AS direction, any_value(strength) AS strength,
       any_value(min_grade) AS min_grade, any_value(area_group) AS area_group,
       first(household ORDER BY fact_from NULLS FIRST, household) AS household,
       list_sort(list_distinct(list(person_id) FILTER (person_id IS NOT NULL))) AS person_ids,
       first(person_id ORDER BY fact_from NULLS FIRST, person_id) AS person_id,
       first(benefit ORDER BY fact_from NULLS FIRST, benefit) AS benefit,
       first(also_paid ORDER BY fact_from NULLS FIRST, also_paid) AS also_paid,
       min(fact_from) AS fact_from,
       CASE WHEN bool_or(fact_to IS NULL) THEN NULL ELSE max(fact_to) END AS fact_to,
       first(columns ORDER BY fact_from NULLS FIRST, columns) AS columns,
       first(states_zh ORDER BY fact_from NULLS FIRST, columns) AS states_zh,
       first(states_en ORDER BY fact_from NULLS FIRST, columns) AS states_en
FROM found GROUP BY hit_id
"""

_PATH = """
CREATE OR REPLACE TABLE path_edge AS
SELECT hit_id, rid, row_number() OVER (PARTITION BY hit_id ORDER BY first_row, place) AS place
FROM (SELECT hit_id, rid, min(row_no) AS first_row, min(place) AS place
      FROM (SELECT hit_id, unnest(evidence) AS rid, generate_subscripts(evidence, 1) AS place,
                   row_number() OVER (ORDER BY hit_id, fact_from NULLS FIRST, evidence) AS row_no
            FROM found)
      GROUP BY hit_id, rid)
"""


def build_hits(facts: Facts) -> None:
    """Make ``hit``, one row a hit, and ``path_edge``: ``hit_id, rid, place`` in the path's order.

    Several intervals of one fact are one hit.
    """
    facts.con.execute(_HITS)
    facts.con.execute(_PATH)
