-- L16 qualifies for 特困, not recognised (card L16).
-- Case: sixty or severely disabled, no spouse, and no child who could support; not 特困.
-- Lookalike: the same, and 特困, or kin with means stand by, or it was declined.
WITH incapable AS (
  SELECT person_id FROM disability_certificate WHERE status = '有效'
    AND (grade IN ('1', '2') OR (grade = '3' AND type IN ('智', '精')))
  UNION SELECT person_id FROM tekun_register UNION SELECT person_id FROM deaths
  WHERE person_id IS NOT NULL UNION SELECT person_id FROM prison_inmates WHERE actual_release IS NULL
  UNION SELECT person_id FROM missing_person_report WHERE found_date IS NULL
  UNION SELECT person_id FROM listed WHERE programme = '低保'),
kin AS (
  SELECT c.claim FROM claims c JOIN couples k USING (person_id)
  WHERE k.spouse NOT IN (SELECT person_id FROM deaths WHERE person_id IS NOT NULL)
  UNION SELECT c.claim FROM claims c JOIN parents p ON p.parent = c.person_id
  WHERE p.child NOT IN (FROM incapable)),
severe AS (SELECT c.claim FROM claims c JOIN disability_certificate d USING (person_id)
  WHERE d.status = '有效' AND d.grade IN ('1', '2')),
met AS (
  SELECT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE l.programme = '特困' AND touches(l.since, l.until, c.month_to, c.month_to)
  UNION SELECT claim FROM decisions WHERE event = '放弃' OR reason_code = '自愿放弃')
SELECT claim FROM claims c
WHERE (age_in(c.person_id, c.month_to) >= 60 OR claim IN (FROM severe))
  AND CASE c.role WHEN 'case' THEN claim NOT IN (FROM kin) AND claim NOT IN (FROM met)
    ELSE claim IN (FROM met) OR claim IN (FROM kin) END;
