-- L04 death of an earner (card L04).
-- Case: in the month of the need or the one before somebody of 18 to 60 died, spouse, parent or child
-- of the person of the claim or of its household, and a child or an elder stays behind; no register,
-- no help since. Lookalike: the same, and help came, a register lists them, or much compensation.
WITH kin AS (
  SELECT c.claim, k.spouse AS person_id FROM claims c JOIN couples k USING (person_id)
  UNION SELECT c.claim, m.spouse FROM claims c JOIN marriages m USING (person_id)
  UNION SELECT c.claim, p.parent FROM claims c JOIN parents p ON p.child = c.person_id
  UNION SELECT c.claim, p.child FROM claims c JOIN parents p ON p.parent = c.person_id
  UNION SELECT claim, person_id FROM household_people),
lost AS (
  SELECT c.claim, min(d.death_date) AS day FROM claims c JOIN kin k USING (claim)
  JOIN deaths d ON d.person_id = k.person_id
  WHERE age_in(d.person_id, left(d.death_date, 7)) BETWEEN 18 AND 60
    AND left(d.death_date, 7) BETWEEN later(c.month_from, -2) AND c.month_from GROUP BY c.claim),
dependants AS (
  SELECT DISTINCT c.claim FROM claims c JOIN kin k USING (claim)
  WHERE (age_in(k.person_id, c.month_to) < 18 OR age_in(k.person_id, c.month_to) >= 60)
    AND k.person_id NOT IN (SELECT person_id FROM deaths WHERE person_id IS NOT NULL)),
met AS (
  SELECT l.claim FROM lost l JOIN aid a ON a.claim = l.claim AND a.day >= l.day
  UNION SELECT claim FROM covered
  UNION SELECT l.claim FROM lost l JOIN kin k USING (claim) JOIN accident_claim a USING (person_id)
  WHERE a.pay_date >= l.day AND a.amount >= 100000)
SELECT claim FROM claims c JOIN lost USING (claim) JOIN dependants USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
