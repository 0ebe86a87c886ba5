-- L02 medical self-pay (card L02).
-- Case: within twelve months the person paid more than the warning share (half for registered, all for
-- others) of last year's rural income a head, net of cancelled settlements and later reimbursements;
-- no register, no aid. Lookalike: the same bills, and help, a register or a reimbursement.
WITH warn AS (
  SELECT max(value) FILTER (param = 'income.rural_pc_year' AND valid_from = '2025-07-01') AS income,
    max(value) FILTER (param = 'med.warn_reg') AS registered,
    max(value) FILTER (param = 'med.warn_other') AS other FROM policy_parameters),
paid AS (
  SELECT c.claim, sum(i.self_pay) AS self_pay FROM claims c JOIN inpatient_settlement i USING (person_id)
  WHERE left(i.discharge, 7) > later(c.month_from, -12) AND left(i.discharge, 7) <= c.month_from
  GROUP BY c.claim),
met AS (
  SELECT c.claim FROM claims c JOIN aid a USING (claim)
  WHERE left(a.day, 7) BETWEEN later(c.month_from, -6) AND c.month_to
  UNION SELECT claim FROM covered
  UNION SELECT c.claim FROM claims c JOIN inpatient_settlement i USING (person_id)
  WHERE i.reverses IS NOT NULL AND left(i.discharge, 7) >= c.month_from)
SELECT claim FROM claims c JOIN paid p USING (claim), warn w
WHERE p.self_pay > w.income * CASE c.register WHEN 'hukou_population' THEN w.other
    WHEN 'person' THEN w.other ELSE w.registered END
  AND (c.role = 'decoy') = (claim IN (FROM met));
