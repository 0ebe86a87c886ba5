"""Evidence receipts: what a hit rests on, so that anybody can follow it and compute it again.

A receipt is one JSON object with its names in order and no blanks, so that equal evidence is equal
text; its sha256 stands beside it in ``hits.parquet`` (``evidence_sha256``). It holds::

    as_of          month the detector looked at
    checked        clearing codes that were checked
    clearing       what they found: [{code, evidence, from, months, reasons, to}]
    columns        the detector's own columns
    data_dates     {source: day of its newest fact}
    detector       {id, version}
    edges          [{role, place, type, start_label, start_id, end_label, end_id, properties,
                   source, batch, row, rows, grade, known_from, valid_from, valid_to, derived,
                   digest, rid}]
                   with role path | derived_from | payment | clearing
    fact_from, fact_to, hit_id, household, person_ids
    months         [{benefit, month, yuan, income_pc_yuan, line_yuan}]: the months that count, their
                   exposure, and the recomputed income and the line where they were asked for
    parameters     [{name, value, unit, policy, area_code, valid_from, document_no}]
    states         {en, zh}: which fact contradicts which state
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.detectors.edges import look_up

if TYPE_CHECKING:
    from doudi.detectors.facts import Facts

EDGE_FIELDS = (
    "batch", "derived", "digest", "end_id", "end_label", "grade", "known_from", "place",
    "properties", "rid", "role", "row", "rows", "source", "start_id", "start_label", "type",
    "valid_from", "valid_to",
)  # fmt: skip

_USED = """
CREATE OR REPLACE TABLE used_edge AS
SELECT hit_id, rid, min(rank) AS rank, min(place) AS place FROM (
    SELECT hit_id, rid, 0 AS rank, place FROM path_edge
    UNION ALL
    SELECT p.hit_id, unnest(e.via), 1, p.place FROM path_edge AS p JOIN edge AS e USING (rid)
    UNION ALL
    SELECT c.hit_id, unnest(p.rids), 2, 0 FROM counted_month AS c
    JOIN paid_month AS p USING (benefit, month)
    UNION ALL
    SELECT hit_id, unnest(evidence), 3, 0 FROM ruled)
WHERE rid IS NOT NULL GROUP BY hit_id, rid
"""

_COUNTED = """
CREATE OR REPLACE TABLE counted_month AS
SELECT * FROM left_month
UNION ALL
SELECT m.* FROM hit_month AS m JOIN clearing AS c USING (hit_id)
"""

_PACKED = ", ".join(
    f'"{name}" := {"e.properties::JSON" if name == "properties" else name}' for name in EDGE_FIELDS
)

_EDGES = f"""
CREATE OR REPLACE TABLE receipt_edges AS
SELECT u.hit_id, list(struct_pack({_PACKED}) ORDER BY u.rank, u.place, e.type, e.rid) AS edges
FROM (SELECT *, CASE rank WHEN 0 THEN 'path' WHEN 1 THEN 'derived_from' WHEN 2 THEN 'payment'
                ELSE 'clearing' END AS role FROM used_edge) AS u
JOIN edge AS e USING (rid) GROUP BY u.hit_id
"""

_CLEARING = """
CREATE OR REPLACE TABLE receipt_clearing AS
SELECT hit_id, list(struct_pack(code := code, evidence := evidence, "from" := cleared_from,
                                months := months, reasons := reasons, "to" := cleared_to)
                    ORDER BY code, reasons::VARCHAR) AS clearing
FROM (SELECT r.hit_id, r.code, r.reasons::JSON AS reasons, min(r.cleared_from) AS cleared_from,
             max(r.cleared_to) AS cleared_to, count(DISTINCT m.month) AS months,
             list_sort(list_distinct(flatten(list(r.evidence)))) AS evidence
      FROM ruled AS r JOIN hit_month AS m
      ON m.hit_id = r.hit_id AND (r.cleared_from IS NULL OR r.cleared_from <= m.month)
         AND (r.cleared_to IS NULL OR m.month < r.cleared_to)
      GROUP BY r.hit_id, r.code, r.reasons)
GROUP BY hit_id
"""

_MONTHS = """
CREATE OR REPLACE TABLE receipt_months AS
SELECT c.hit_id, list(struct_pack(
    benefit := c.benefit, income_pc_yuan := i.income_pc_yuan, line_yuan := i.line_yuan,
    "month" := strftime(c.month, '%Y-%m'), yuan := c.exposure_yuan::DOUBLE)
    ORDER BY c.month, c.benefit) AS months
FROM counted_month AS c LEFT JOIN hit_income AS i ON i.hit_id = c.hit_id AND i.month = c.month
GROUP BY c.hit_id
"""

_BODY = """
CREATE OR REPLACE TABLE receipt AS
SELECT h.hit_id, to_json(struct_pack(
    as_of := strftime(?::DATE, '%Y-%m'),
    checked := r.checked,
    clearing := coalesce(c.clearing, []),
    columns := h.columns::JSON,
    data_dates := r.data_dates::JSON,
    detector := struct_pack(id := h.detector, version := h.version),
    edges := coalesce(e.edges, []),
    fact_from := h.fact_from,
    fact_to := h.fact_to,
    hit_id := h.hit_id,
    household := h.household,
    months := m.months,
    parameters := r.parameters::JSON,
    person_ids := coalesce(h.person_ids, []),
    states := struct_pack(en := h.states_en, zh := h.states_zh)))::VARCHAR AS body
FROM hit AS h JOIN receipt_months AS m USING (hit_id)
JOIN ran AS r ON r.detector = h.detector AND r.area_group = h.area_group
LEFT JOIN receipt_edges AS e USING (hit_id) LEFT JOIN receipt_clearing AS c USING (hit_id)
"""


def build_receipts(facts: Facts, *, as_of: str) -> None:
    """Make the table ``receipt`` (``hit_id, body``) of every hit with months.

    Args:
        facts: Holds ``hit``, its months, edges and clearing, and ``ran``: ``detector, area_group,
            checked, data_dates, parameters`` of each run of a query.
        as_of: First day of the as-of month, as ISO text.
    """
    facts.con.execute(_COUNTED)
    facts.con.execute(
        "CREATE OR REPLACE TEMP TABLE _more AS "
        "SELECT unnest(p.rids) AS rid FROM counted_month "
        "JOIN paid_month AS p USING (benefit, month) UNION SELECT unnest(evidence) FROM ruled"
    )
    look_up(facts, "_more")
    for statement in (_USED, _EDGES, _CLEARING, _MONTHS):
        facts.con.execute(statement)
    facts.con.execute(_BODY, [as_of])
