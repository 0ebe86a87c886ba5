-- E37 prisoner or detainee still counted (card E37).
-- Case: a member who counts is inside for every month of the claim from the first full one, and the
-- household was paid as before. X04: outside under community correction. X15: released before.
WITH inside AS (
  SELECT person_id, term_from AS since, coalesce(actual_release, term_to) AS until FROM prison_inmates
  UNION ALL SELECT person_id, from_date, to_date FROM detention_detox),
terms AS (
  SELECT c.claim, i.since, i.until FROM claims c JOIN members m USING (household_id, person_id)
  JOIN inside i USING (person_id) WHERE m.is_beneficiary AND m.removed > c.month_to)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN terms t USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN later(left(t.since, 7), 1) <= c.month_from
    AND left(coalesce(t.until, '9999-12'), 7) >= c.month_from
    AND NOT EXISTS (FROM community_correction k WHERE k.person_id = c.person_id
      AND touches(k.from_date, k.to_date, c.month_from, c.month_from))
  WHEN 'X04' THEN EXISTS (FROM community_correction k WHERE k.person_id = c.person_id
    AND left(k.from_date, 7) <= c.month_from AND left(coalesce(k.to_date, '9999-12'), 7) >= c.month_to)
  WHEN 'X15' THEN left(t.until, 7) < c.month_from OR left(t.since, 7) > c.month_to
  ELSE false END;
