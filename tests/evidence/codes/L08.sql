-- L08 alone, frail or very old (card L08).
-- Case: seventy (sixty if disabled), assessed as living alone or the only person of the book, and two of:
-- disabled, no child in the county, low use of power, eighty or more; in no institution, no carer
-- programme, no visit since three months before. Lookalike: the same, and in care, visited, listed, or with a child near.
WITH old AS (
  SELECT c.claim, bool_or(a.disability_level LIKE '%失能%') AS frail, bool_or(a.living_alone) AS alone,
    max(a.assess_date) AS day FROM claims c JOIN elderly_disability_assessment a USING (person_id)
  WHERE age_in(c.person_id, c.month_to) >= 60 GROUP BY c.claim),
met AS (
  SELECT c.claim FROM claims c JOIN institution_residents i USING (person_id)
  WHERE touches(i.check_in, i.check_out, c.month_to, c.month_to)
  UNION SELECT c.claim FROM claims c JOIN home_visit_record v USING (household_id)
  WHERE left(v.visit_time, 7) >= later(c.month_from, -3)
  UNION SELECT c.claim FROM claims c JOIN covered USING (claim)
  UNION SELECT c.claim FROM claims c JOIN residence_permit r USING (person_id)
  WHERE touches(r.from_date, r.to_date, c.month_to, c.month_to))
SELECT claim FROM claims c JOIN old o USING (claim)
WHERE o.alone AND (o.frail OR age_in(c.person_id, c.month_to) >= 80)
  AND (c.role = 'decoy') = (claim IN (FROM met));
