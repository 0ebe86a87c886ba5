-- L01 severe illness not covered (card L01).
-- Case: a listed disease confirmed in the three months before the last day, in the month the need
-- begins; the household is in no register and got no help since. Lookalike: the same, but help came
-- since or a register lists the household.
WITH ill AS (
  SELECT c.claim, min(i.confirmed_date) AS day FROM claims c JOIN illnesses i USING (person_id)
  WHERE left(i.confirmed_date, 7) BETWEEN later(c.month_to, -2) AND c.month_to
    AND left(i.confirmed_date, 7) <= c.month_from GROUP BY c.claim),
met AS (
  SELECT i.claim FROM ill i JOIN aid a ON a.claim = i.claim AND a.day >= i.day
  UNION SELECT claim FROM covered)
SELECT claim FROM claims c JOIN ill USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
