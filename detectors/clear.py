"""Innocent explanations: every check of a header's list runs on all hits at once.

A cleared hit is kept, with its codes and what was found. A check may explain some months only;
then the hit stays with the others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doudi.detectors.found import as_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from doudi.detectors.facts import Facts
    from doudi.detectors.header import ClearingCheck
    from doudi.graph.connection import Connection

BATCH = 5000
"""Hits in one call: keeps a transaction small on a large county."""

_MAKE = """
CREATE OR REPLACE TABLE ruled (
    code VARCHAR, hit_id VARCHAR, cleared_from DATE, cleared_to DATE,
    reasons VARCHAR, evidence VARCHAR[])
"""

_ASKED = """
SELECT h.hit_id, h.household, h.person_id, h.benefit, h.also_paid, h.detector, h.fact_from,
       h.fact_to, m.month_from, m.month_to, p.evidence, h.columns
FROM hit AS h
JOIN (SELECT hit_id, min(month) AS month_from, max(month) AS month_to
      FROM hit_month GROUP BY hit_id) AS m USING (hit_id)
JOIN (SELECT hit_id, list(rid ORDER BY place) AS evidence
      FROM path_edge GROUP BY hit_id) AS p USING (hit_id)
WHERE list_contains(?, h.detector) AND h.area_group = ? ORDER BY h.hit_id
"""


def empty_ruled(facts: Facts) -> None:
    """Make the table ``ruled``: what clearing checks said, one row an explanation.

    ``held`` has the hits of which an explanation is held back, because it would rest on the silence
    of a source: ``hit_id, code``.
    """
    facts.con.execute(_MAKE)
    facts.con.execute("CREATE OR REPLACE TABLE held (hit_id VARCHAR, code VARCHAR)")


def ask(
    facts: Facts,
    connection: Connection,
    check: ClearingCheck,
    *,
    detectors: list[str],
    area_group: int,
    given: dict[str, Any],
    held: tuple[str, ...] | None = (),
) -> None:
    """Run one check on the hits of the detectors that list it, and add the answers to ``ruled``.

    Args:
        facts: Holds ``hit``, ``hit_month`` and ``path_edge``.
        connection: The graph.
        check: The clearing check.
        detectors: Ids of the detectors that list it.
        area_group: Group of areas with the same parameter values.
        given: Parameter values, with ``as_of`` and ``as_of_end``.
        held: Reasons whose answers go to ``held`` instead; None holds back every answer.
    """
    hits = facts.table(_ASKED, [detectors, area_group])
    for start in range(0, hits.num_rows, BATCH):
        asked = list(_maps(hits.slice(start, BATCH)))
        rows = connection.read(check.query, given | {"hits": asked})
        kept = _hold(facts, check, rows, held)
        _add(facts, check, kept)


def _hold(
    facts: Facts, check: ClearingCheck, rows: pd.DataFrame, held: tuple[str, ...] | None
) -> pd.DataFrame:
    """The answers that count; the hits of the others go to ``held``."""
    if rows.empty or held == ():
        return rows
    is_held = rows["reason"].isin(held) if held else rows["hit_id"].notna()
    names = sorted(set(rows["hit_id"][is_held]))
    facts.con.execute("INSERT INTO held SELECT unnest(?), ?", [names, check.id])
    return rows[~is_held]


def _maps(hits: pa.Table) -> Iterator[dict[str, Any]]:
    """One map a hit, its own columns beside the common ones; the driver takes maps."""
    for row in hits.to_pylist():
        own = json.loads(row.pop("columns"))
        yield own | row


def _add(facts: Facts, check: ClearingCheck, rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    kinds: dict[str, pa.DataType] = {"hit_id": pa.string(), "evidence": pa.list_(pa.string())}
    kinds |= dict.fromkeys(("cleared_from", "cleared_to"), pa.date32())
    names = tuple(dict.fromkeys((*check.returns, "cleared_from", "cleared_to")))
    facts.con.register("_rows", as_columns(rows, names, kinds))
    own = sorted(set(check.returns) - set(kinds))
    packed = ", ".join(f'"{name}" := "{name}"' for name in own)
    reasons = f"to_json(struct_pack({packed}))::VARCHAR" if own else "'{}'"
    facts.con.execute(
        f"INSERT INTO ruled SELECT DISTINCT '{check.id}', hit_id, cleared_from, cleared_to, "
        f"{reasons}, list_filter(evidence, rid -> rid IS NOT NULL) FROM _rows "
        "WHERE hit_id IN (SELECT hit_id FROM hit)"
    )
    facts.con.unregister("_rows")


_LEFT = """
CREATE OR REPLACE TABLE left_month AS
SELECT m.* FROM hit_month AS m
WHERE NOT EXISTS (
    SELECT 1 FROM ruled AS r WHERE r.hit_id = m.hit_id
    AND (r.cleared_from IS NULL OR r.cleared_from <= m.month)
    AND (r.cleared_to IS NULL OR m.month < r.cleared_to))
"""

# Months of benefit the exposure stands for: equal to the count of months where the exposure is what
# was paid, less where only a part is wrong. Recognitions pay nothing and are never too small.
_SMALL = """
INSERT INTO ruled
SELECT 'X18', hit_id, NULL, NULL,
       to_json(struct_pack(benefit_months := round(benefit_months, 2)))::VARCHAR, []
FROM (SELECT l.hit_id, sum(l.exposure_yuan) / avg(l.paid_yuan) AS benefit_months
      FROM left_month AS l JOIN hit AS h USING (hit_id)
      WHERE h.area_group = ? AND list_contains(?, h.detector)
      GROUP BY l.hit_id HAVING avg(l.paid_yuan) > 0)
WHERE round(benefit_months, 6) < ?
"""

_CLEARED = """
CREATE OR REPLACE TABLE clearing AS
SELECT hit_id, list_sort(list_distinct(list(code))) AS codes
FROM (SELECT DISTINCT r.hit_id, r.code FROM ruled AS r JOIN hit_month AS m
      ON m.hit_id = r.hit_id AND (r.cleared_from IS NULL OR r.cleared_from <= m.month)
         AND (r.cleared_to IS NULL OR m.month < r.cleared_to))
WHERE hit_id NOT IN (SELECT hit_id FROM left_month) GROUP BY hit_id
"""


def settle_months(facts: Facts) -> None:
    """Make ``left_month``: the months of each hit that no check explains."""
    facts.con.execute(_LEFT)


def rule_out_small(
    facts: Facts, *, detectors: list[str], area_group: int, min_months: float
) -> None:
    """Rule out hits (X18) whose exposure is below so many months of the benefit."""
    facts.con.execute(_SMALL, [area_group, detectors, min_months])


def settle_hits(facts: Facts) -> None:
    """Make ``clearing`` (``hit_id, codes``): hits of which no month is left."""
    facts.con.execute(_LEFT)
    facts.con.execute(_CLEARED)


def rule_out_by_income(facts: Facts, *, is_held: bool = False) -> None:
    """Rule out (X07) the months in which the recomputed income is not over the line.

    A household that the ledger does not recompute keeps all its months: nothing is known of its
    income.

    Args:
        facts: Holds ``recomputed`` (``household, month, over_line``) and ``compared``
            (``hit_id, month, household``), the months of hits that may be compared with it.
        is_held: Whether an income may be missing because its source is silent; nothing is ruled
            out then, and the hits go to ``held``.
    """
    facts.con.execute(_HELD_BY_INCOME if is_held else _RULED_BY_INCOME)


_BELOW = """
FROM compared AS c
WHERE c.household IN (SELECT household FROM recomputed)
  AND NOT EXISTS (SELECT 1 FROM recomputed AS o WHERE o.household = c.household
                  AND o.month = c.month AND o.over_line)
"""
_RULED_BY_INCOME = (
    "INSERT INTO ruled SELECT 'X07', c.hit_id, c.month, (c.month + INTERVAL 1 MONTH)::DATE, '{}', []"
    + _BELOW
)
_HELD_BY_INCOME = "INSERT INTO held SELECT DISTINCT c.hit_id, 'X07'" + _BELOW
