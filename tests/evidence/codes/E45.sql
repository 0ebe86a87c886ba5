-- E45 institution double billing (card E45).
-- Case: paid as living in an institution (集中) in months that all lie after the person left, or two
-- institutions at once. X15: left one and entered another in the one month of the claim. X20: between
-- two stays in hospital.
WITH stays AS (
  SELECT c.claim, i.check_in, i.check_out, i.institution_id FROM claims c
  JOIN tekun_register t ON t.person_id = c.person_id AND t.support_mode = '集中'
  JOIN institution_residents i ON i.person_id = c.person_id),
present AS (
  SELECT s.claim FROM stays s JOIN claims c USING (claim) WHERE left(s.check_in, 7) <= c.month_from
    AND left(coalesce(s.check_out, '9999-12'), 7) >= c.month_from GROUP BY s.claim, c.month_from
    HAVING bool_or(s.check_out IS NULL OR left(s.check_out, 7) > c.month_from)),
twice AS (
  SELECT a.claim FROM stays a JOIN stays b ON b.claim = a.claim AND a.institution_id < b.institution_id
    AND touches(a.check_in, a.check_out, left(b.check_in, 7), left(coalesce(b.check_out, '9999-12'), 7)))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN stays s USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN (left(s.check_out, 7) < c.month_from AND c.claim NOT IN (FROM present))
    OR c.claim IN (FROM twice)
  WHEN 'X15' THEN c.month_from = c.month_to AND left(s.check_out, 7) = c.month_from
    AND c.claim IN (SELECT t.claim FROM stays t WHERE left(t.check_in, 7) = c.month_from)
  WHEN 'X20' THEN EXISTS (FROM inpatient_settlement i WHERE i.person_id = c.person_id
    AND left(i.admit, 7) <= c.month_from AND left(i.discharge, 7) >= c.month_to)
    OR EXISTS (SELECT 1 FROM inpatient_settlement i WHERE i.person_id = c.person_id
      AND i.admit >= s.check_out AND left(i.discharge, 7) <= c.month_to)
  ELSE false END;
