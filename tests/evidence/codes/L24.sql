-- L24 over the line by a little, never tested (card L24).
-- Case: the ledger of the last year gives an income a head between the standard and edge.multiple times
-- it, and no register lists the household. Lookalike: within these bounds and recognised (edge, rigid).
WITH bounds AS (
  SELECT max(value) FILTER (param = 'dibao.std_month_rural' AND valid_from = '2025-07-01') AS standard,
    max(value) FILTER (param = 'edge.multiple') AS multiple FROM policy_parameters),
ledger AS (
  SELECT c.claim, (arg_max(l.wage + l.business_net + l.property + l.transfer, l.year)) / 12
    / max(len(a.members)) AS income_pc
  FROM claims c JOIN poverty_archive a ON list_contains(a.members, c.person_id)
  JOIN household_income_ledger l ON l.archive_no = a.archive_no GROUP BY c.claim),
recognised AS (
  SELECT c.claim, max(e.line_multiple) AS multiple FROM claims c JOIN low_income_edge_register e
    ON list_contains(e.member_ids, c.person_id) AND touches(e.recognised_date, e.valid_to, c.month_to, c.month_to)
  GROUP BY c.claim)
SELECT claim FROM claims c LEFT JOIN ledger USING (claim) LEFT JOIN recognised r USING (claim), bounds b
WHERE CASE c.role WHEN 'case' THEN income_pc >= b.standard AND income_pc < b.multiple * b.standard
    AND claim NOT IN (SELECT claim FROM covered)
  ELSE r.multiple >= 1 AND r.multiple < b.multiple
    OR claim IN (SELECT claim FROM covered WHERE programme = '刚性') END;
