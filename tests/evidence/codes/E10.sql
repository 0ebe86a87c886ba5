-- E10 wages implied by employee insurance (card E10).
-- Case: an employer insures the member in every paid month, three at least, and with that wage the
-- household is over the line. X05: the wage is declared. X06: it began within the grace. X07: after
-- deductions under the line. X21: the person pays the contributions (flexible employment).
WITH insured AS (
  SELECT c.claim, count(DISTINCT e.pay_month) AS months, avg(e.base) AS base,
    bool_and(coalesce(e.flexible, false)) AS flexible
  FROM claims c JOIN members m USING (household_id) JOIN employee_social_insurance e
    ON e.person_id = m.person_id AND e.pay_month BETWEEN c.month_from AND c.month_to
  WHERE m.person_id = c.person_id GROUP BY c.claim),
starts AS (
  SELECT c.claim, min(e.pay_month) AS first FROM claims c
  JOIN employee_social_insurance e USING (person_id) GROUP BY c.claim),
declared AS (
  SELECT c.claim, max(m.declared_income) AS amount FROM claims c JOIN dibao_member_register m
    ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim),
recomputed AS (
  SELECT i.claim, (0.9 * i.base + declared_pc * heads - d.amount) / heads > standard AS over
  FROM insured i JOIN means USING (claim) JOIN declared d USING (claim)),
hired AS (SELECT c.claim, max(j.start_date) AS day FROM claims c
  JOIN employment_registration j USING (person_id) GROUP BY c.claim),
rigid AS (SELECT c.claim FROM claims c JOIN members m USING (household_id)
  JOIN inpatient_settlement i ON i.person_id = m.person_id AND i.self_pay > 0
    AND left(i.discharge, 7) <= c.month_to)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN insured i USING (claim)
JOIN starts s USING (claim) JOIN recomputed r USING (claim) JOIN declared d USING (claim)
LEFT JOIN hired h USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN NOT i.flexible AND i.months >= 3 AND r.over AND d.amount < i.base / 2
    AND i.months >= (SELECT count(DISTINCT p.month) FROM claim_payments p WHERE p.claim = c.claim)
  WHEN 'X05' THEN NOT i.flexible AND d.amount >= 0.8 * i.base
  WHEN 'X06' THEN NOT i.flexible AND s.first = c.month_from AND later(s.first, 6) > c.month_to
  WHEN 'X07' THEN NOT i.flexible AND NOT r.over
  WHEN 'X21' THEN i.flexible
  ELSE false END;
