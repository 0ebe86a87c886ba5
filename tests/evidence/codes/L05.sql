-- L05 work lost (card L05).
-- Case: insured or paid until three months before the need became visible at the latest, nothing since;
-- no unemployment benefit, no new job, no register, no help. Lookalike: the same loss, and one of these.
WITH income AS (
  SELECT c.claim, e.pay_month AS month FROM claims c JOIN employee_social_insurance e USING (person_id)
  UNION SELECT c.claim, w.pay_month FROM claims c JOIN migrant_wage_payment w USING (person_id)
  UNION SELECT c.claim, w.last_month FROM claims c JOIN provident_fund_contribution w USING (person_id)),
stopped AS (
  SELECT i.claim, max(i.month) AS last FROM income i JOIN claims c USING (claim)
  WHERE i.month <= later(c.month_from, -3) GROUP BY i.claim
  HAVING count(DISTINCT i.month) >= 6),
met AS (
  SELECT i.claim FROM income i JOIN claims c USING (claim) WHERE i.month > later(c.month_from, -3)
  UNION SELECT c.claim FROM claims c JOIN employment_registration e USING (person_id)
  JOIN stopped s USING (claim) WHERE left(e.start_date, 7) >= s.last AND e.end_date IS NULL
  UNION SELECT c.claim FROM claims c JOIN unemployment_benefit u USING (person_id)
  JOIN stopped s USING (claim) WHERE u.from_month >= s.last
  UNION SELECT s.claim FROM stopped s JOIN aid a ON a.claim = s.claim AND left(a.day, 7) >= s.last
  UNION SELECT claim FROM covered),
losses AS (
  SELECT s.claim FROM stopped s JOIN claims c USING (claim) JOIN unemployment_register u USING (person_id)
  WHERE left(u.reg_date, 7) >= s.last
  UNION SELECT s.claim FROM stopped s JOIN claims c USING (claim) JOIN employment_registration e
    USING (person_id) WHERE left(e.end_date, 7) BETWEEN s.last AND c.month_to)
SELECT claim FROM claims c JOIN stopped USING (claim) JOIN losses USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
