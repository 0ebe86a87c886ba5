-- L24 over the line by a little, never tested (card L24).
-- Case: the ledger of the last year gives an income a head between the standard and edge.multiple times
-- it, or what the members paid themselves for treatment in twelve months reaches the rigid ratio of an
-- income below last year's rural figure; and no register lists the household. Lookalike: within these
-- bounds and recognised (edge, rigid).
WITH bounds AS (
  SELECT max(value) FILTER (param = 'dibao.std_month_rural' AND valid_from = '2025-07-01') AS standard,
    max(value) FILTER (param = 'edge.multiple') AS multiple,
    max(value) FILTER (param = 'rigid.ratio_medical') AS ratio,
    max(value) FILTER (param = 'income.rural_pc_year' AND valid_from = '2025-07-01') AS rural
  FROM policy_parameters),
ledger AS (
  SELECT c.claim, (arg_max(l.wage + l.business_net + l.property + l.transfer, l.year)) / 12
    / max(len(a.members)) AS income_pc, max(len(a.members)) AS heads
  FROM claims c JOIN poverty_archive a ON list_contains(a.members, c.person_id)
  JOIN household_income_ledger l ON l.archive_no = a.archive_no GROUP BY c.claim),
treated AS (
  SELECT c.claim, p.person_id, i.self_pay AS paid FROM claims c JOIN household_people p USING (claim)
  JOIN inpatient_settlement i ON i.person_id = p.person_id
    AND left(i.discharge, 7) BETWEEN later(c.month_to, -11) AND c.month_to
  UNION ALL SELECT c.claim, p.person_id, o.self_pay * least(12, 1 + date_diff('month',
    CAST(left(o.from_date, 7) || '-01' AS DATE), CAST(c.month_to || '-01' AS DATE)))
  FROM claims c JOIN household_people p USING (claim)
  JOIN outpatient_chronic o ON o.person_id = p.person_id AND left(o.from_date, 7) <= c.month_to),
burden AS (SELECT claim, sum(paid) AS paid FROM treated GROUP BY claim),
recognised AS (
  SELECT c.claim, max(e.line_multiple) AS multiple FROM claims c JOIN low_income_edge_register e
    ON list_contains(e.member_ids, c.person_id) AND touches(e.recognised_date, e.valid_to, c.month_to, c.month_to)
  GROUP BY c.claim)
SELECT claim FROM claims c LEFT JOIN ledger USING (claim) LEFT JOIN recognised r USING (claim)
LEFT JOIN burden m USING (claim), bounds b
WHERE CASE c.role WHEN 'case' THEN claim NOT IN (SELECT claim FROM covered)
    AND (income_pc >= b.standard AND income_pc < b.multiple * b.standard
      OR income_pc * 12 < b.rural AND m.paid >= b.ratio * income_pc * 12 * heads)
  ELSE r.multiple >= 1 AND r.multiple < b.multiple
    OR claim IN (SELECT claim FROM covered WHERE programme = '刚性') END;
