-- L18 resident without hukou (card L18).
-- Case: a permit of this county for twelve months, not in the hukou register, a shock (illness, relief
-- station, lost work) in the month of the need, and no help. Lookalike: the same, and helped here or left.
WITH living AS (
  SELECT c.claim FROM claims c JOIN residence_permit r USING (person_id)
  WHERE left(r.area_code, 6) = (FROM county) AND later(left(r.from_date, 7), 12) <= c.month_from
    AND (c.role = 'decoy' OR left(coalesce(r.to_date, '9999-12'), 7) >= c.month_to)
    AND c.person_id NOT IN (SELECT person_id FROM hukou_population WHERE person_id IS NOT NULL)),
shock AS (
  SELECT c.claim, i.confirmed_date AS day FROM claims c JOIN illnesses i USING (person_id)
  UNION ALL SELECT c.claim, h.admit_date FROM claims c JOIN homeless_relief h USING (person_id)
  UNION ALL SELECT c.claim, u.reg_date FROM claims c JOIN unemployment_register u USING (person_id)),
struck AS (SELECT s.claim, min(s.day) AS day FROM shock s JOIN claims c USING (claim)
  WHERE left(s.day, 7) = c.month_from GROUP BY s.claim),
met AS (
  SELECT claim FROM covered
  UNION SELECT c.claim FROM claims c JOIN residence_permit r USING (person_id)
  GROUP BY c.claim, c.month_to HAVING max(left(coalesce(r.to_date, '9999-12'), 7)) < c.month_to
  UNION SELECT s.claim FROM struck s JOIN aid a ON a.claim = s.claim AND a.day >= s.day
    AND a.kind = 'temporary')
SELECT DISTINCT claim FROM claims c JOIN living USING (claim) JOIN struck USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
