"""Hits merged into leads: one lead a household and direction, with the picture of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.detectors import both_sides

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doudi.detectors.facts import Facts

HITS = (
    "hit_id", "detector", "version", "direction", "strength", "register", "household_id",
    "person_ids", "month_from", "month_to", "months", "exposure_cny", "grade", "cleared",
    "clearing_codes", "evidence", "params", "as_of", "as_known", "household", "area_code",
    "township", "evidence_sha256", "stale", "held_back",
)  # fmt: skip
"""Columns of ``hits.parquet``: those of the contract, then ours."""

LEADS = (
    "lead_id", "register", "household_id", "direction", "area_code", "township", "detectors",
    "strength", "months", "exposure_cny", "net_picture", "status", "priority", "stale",
    "month_from", "month_to", "household", "hit_ids", "as_of", "as_known",
)  # fmt: skip
"""Columns of ``leads.parquet``: those of the contract, then ours."""

_GRADES = "['exact', 'repaired', 'certificate', 'linked', 'possible', 'name_only']"

_HITS = f"""
CREATE OR REPLACE TABLE hits AS
WITH month AS (
    SELECT hit_id, strftime(min(month), '%Y-%m') AS month_from,
           strftime(max(month), '%Y-%m') AS month_to,
           count(DISTINCT month)::INTEGER AS months,
           sum(exposure_yuan)::DECIMAL(14, 2) AS exposure_cny
    FROM counted_month GROUP BY hit_id)
SELECT h.hit_id, h.detector, h.version::INTEGER AS version, h.direction, h.strength,
       CASE WHEN starts_with(h.household, 'person:') OR n.register IS NULL
            THEN coalesce(b.register, n.register, split_part(h.household, '/', 1))
            ELSE n.register END AS register,
       coalesce(n.household_id, CASE WHEN starts_with(h.household, 'person:') THEN h.household
            ELSE substr(h.household, strpos(h.household, '/') + 1) END) AS household_id,
       coalesce(h.person_ids, []) AS person_ids, m.month_from, m.month_to, m.months,
       m.exposure_cny, {_GRADES}[coalesce(g.place, 0) + 1] AS grade,
       c.hit_id IS NOT NULL AS cleared, coalesce(c.codes, []) AS clearing_codes,
       r.body AS evidence, a.params, strftime(?::DATE, '%Y-%m') AS as_of, ?::DATE AS as_known,
       h.household, coalesce(n.area_code, b.area_code, '') AS area_code,
       coalesce(n.township, b.township) AS township, sha256(r.body) AS evidence_sha256,
       false AS stale,
       CASE WHEN c.hit_id IS NULL THEN coalesce(k.codes, []) ELSE [] END AS held_back
FROM hit AS h JOIN month AS m USING (hit_id) JOIN receipt AS r USING (hit_id)
JOIN ran AS a ON a.detector = h.detector AND a.area_group = h.area_group
LEFT JOIN node_Household AS n ON n.id = h.household
LEFT JOIN node_Benefit AS b ON b.id = h.benefit
LEFT JOIN hit_grade AS g USING (hit_id) LEFT JOIN clearing AS c USING (hit_id)
LEFT JOIN (SELECT hit_id, list_sort(list_distinct(list(code))) AS codes FROM held GROUP BY hit_id)
    AS k USING (hit_id)
ORDER BY h.detector, h.hit_id
"""

_TITLES = """
CREATE OR REPLACE TABLE title (
    detector VARCHAR, direction VARCHAR, zh VARCHAR, en VARCHAR, urgent BOOLEAN)
"""


def build_hits_table(facts: Facts, *, as_of: str, as_known: str | None) -> None:
    """Make ``hits``, the rows of ``hits.parquet`` that this run found, cleared ones too."""
    facts.con.execute(_HITS, [as_of, as_known])


def set_titles(facts: Facts, titles: Sequence[tuple[str, str, str, str, bool]]) -> None:
    """Make ``title``: ``detector, direction, zh, en, urgent``."""
    facts.con.execute(_TITLES)
    if titles:
        facts.con.executemany("INSERT INTO title VALUES (?, ?, ?, ?, ?)", titles)


# The exposure of a month counts once, however many detectors speak of it: the largest. What leaks
# miss are different helps and add up.
_LEAD_MONTH = """
CREATE OR REPLACE TABLE lead_month AS
WITH each_month AS (
    SELECT h.register, h.household_id, h.direction, h.detector,
           unnest(from_json(h.evidence->'months',
                  '[{"benefit":"VARCHAR","month":"VARCHAR","yuan":"DOUBLE"}]')) AS m
    FROM hits AS h WHERE NOT h.cleared)
SELECT register, household_id, direction, month, sum(yuan) AS yuan
FROM (SELECT register, household_id, direction, m.month AS month,
             CASE direction WHEN 'leak' THEN detector ELSE coalesce(m.benefit, '') END AS part,
             max(m.yuan) AS yuan
      FROM each_month GROUP BY ALL)
GROUP BY register, household_id, direction, month
"""

# A peer anomaly alone is no lead: it only adds to one.
_LEADS = """
CREATE OR REPLACE TABLE lead AS
SELECT 'L' || left(sha256(concat_ws('|', h.register, h.household_id, h.direction)), 12) AS lead_id,
       h.register, h.household_id, h.direction,
       first(h.area_code ORDER BY h.hit_id) AS area_code,
       first(h.township ORDER BY h.hit_id) AS township,
       list_sort(list_distinct(list(h.detector))) AS detectors,
       min(h.strength) AS strength, bool_or(t.urgent) AS urgent,
       any_value(m.months) AS months, any_value(m.exposure_cny) AS exposure_cny,
       any_value(m.month_from) AS month_from, any_value(m.month_to) AS month_to,
       bool_or(h.stale OR len(h.held_back) > 0) AS stale, first(h.household ORDER BY h.hit_id) AS household,
       list(h.hit_id ORDER BY h.detector, h.hit_id) AS hit_ids,
       max(h.as_of) AS as_of, max(h.as_known) AS as_known
FROM hits AS h JOIN title AS t USING (detector)
JOIN (SELECT register, household_id, direction, count(DISTINCT month)::INTEGER AS months,
             sum(yuan)::DECIMAL(14, 2) AS exposure_cny, min(month) AS month_from,
             max(month) AS month_to
      FROM lead_month GROUP BY register, household_id, direction) AS m
  ON m.register = h.register AND m.household_id = h.household_id AND m.direction = h.direction
WHERE NOT h.cleared
GROUP BY h.register, h.household_id, h.direction
HAVING bool_or(h.strength <> 'K3')
"""

_FINAL = f"""
CREATE OR REPLACE TABLE leads AS
SELECT {", ".join(LEADS)} FROM (
    SELECT l.*, p.net_picture, 'TRIAGED' AS status,
           row_number() OVER (ORDER BY l.direction = 'leak' DESC, l.urgent DESC,
               CASE l.direction WHEN 'error' THEN l.strength ELSE '' END,
               len(l.detectors) DESC, l.month_to DESC, l.exposure_cny DESC, l.lead_id)::INTEGER
               AS priority
    FROM lead AS l LEFT JOIN picture AS p USING (household))
ORDER BY priority
"""


def build_leads(facts: Facts, *, as_of: date, as_of_end: date, unchecked: list[str]) -> None:
    """Make ``leads`` from the uncleared hits.

    Priority 1 is the first to look at: help before errors, then danger to a life, the strength of
    the contradiction, the number of detectors, recency, exposure.

    Args:
        facts: Holds ``hits``, ``other_side`` (hits of detectors that ran for the two-sided rule
            only) and ``title``.
        as_of: First day of the month.
        as_of_end: First day after it.
        unchecked: Leak detectors that were frozen, named in every net picture.
    """
    facts.con.execute(_LEAD_MONTH)
    facts.con.execute(_LEADS)
    facts.con.execute("CREATE OR REPLACE TABLE about AS SELECT DISTINCT household FROM lead")
    both_sides.build_known_as(facts, as_of=as_of, as_of_end=as_of_end)
    both_sides.build_pictures(facts, unchecked=unchecked)
    facts.con.execute(_FINAL)
