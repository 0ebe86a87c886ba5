-- L19 wages unpaid (card L19).
-- Case: for two months at least project wages were owed and nothing arrived, or came to a stop, or the person
-- is a creditor whose execution ended without money; no new pay, help or register. Lookalike: the same,
-- and paid later, helped or listed.
WITH pay AS (
  SELECT c.claim, max(w.pay_month) FILTER (w.pay_month < c.month_from AND w.net > 0) AS last,
    bool_or(w.pay_month >= c.month_from AND w.net > 0) AS later_paid FROM claims c
  JOIN migrant_wage_payment w USING (person_id) GROUP BY c.claim),
creditor AS (
  SELECT c.claim, max(e.filed) AS day, bool_or(e.status = '执行完毕') AS is_paid FROM claims c
  JOIN enforcement_case e USING (person_id)
  WHERE e.role = '申请人' AND left(e.filed, 7) <= c.month_from GROUP BY c.claim),
loss AS (
  SELECT p.claim, p.last || '-01' AS day, p.later_paid AS is_paid FROM pay p JOIN claims c USING (claim)
  WHERE later(p.last, 2) <= c.month_from
  UNION ALL SELECT claim, day, is_paid FROM creditor
  UNION ALL SELECT c.claim, u.to_month || '-28', false FROM claims c JOIN unemployment_benefit u
    USING (person_id) WHERE u.to_month < c.month_from),
met AS (
  SELECT claim FROM loss WHERE is_paid UNION SELECT claim FROM covered
  UNION SELECT l.claim FROM loss l JOIN aid a ON a.claim = l.claim AND a.day >= l.day
  UNION SELECT c.claim FROM claims c JOIN employee_social_insurance e USING (person_id)
  WHERE e.pay_month >= c.month_from
  UNION SELECT c.claim FROM claims c JOIN needy_workers n USING (person_id)
  WHERE left(n.from_date, 7) >= later(c.month_from, -3))
SELECT DISTINCT claim FROM claims c JOIN loss USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
