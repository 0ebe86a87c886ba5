-- L03 severe disability without allowance (card L03).
-- Case: a valid certificate of grade 1 or 2 (3 and 4 if mental or intellectual), sixty days old, and
-- neither allowance was drawn in the month in which the need began or later. Lookalike: the same, and
-- the matrix excludes the allowance (特困, care after a work injury, orphan), or it is drawn; its certificate may have
-- been struck off since, as after a death.
WITH severe AS (
  SELECT DISTINCT c.claim FROM claims c JOIN disability_certificate d USING (person_id)
  WHERE (d.grade IN ('1', '2') OR d.type IN ('智', '精')) AND (d.status = '有效' OR c.role = 'decoy')
    AND coalesce(d.valid_to, '9999') >= c.month_to AND days_on(d.issue_date, 60) <= c.month_to || '-31'),
drawn AS (
  SELECT c.claim FROM claims c JOIN disability_two_subsidies s USING (person_id)
  WHERE touches(s.start_month, s.end_month, c.month_to, c.month_to)),
excluded AS (
  SELECT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE l.programme IN ('特困', '儿童') AND touches(l.since, l.until, c.month_to, c.month_to)
  UNION SELECT c.claim FROM claims c JOIN work_injury_benefit w USING (person_id) WHERE w.care > 0)
SELECT claim FROM claims c JOIN severe USING (claim)
WHERE (c.role = 'case' AND claim NOT IN (FROM drawn) AND claim NOT IN (FROM excluded))
  OR (c.role = 'decoy' AND (claim IN (FROM excluded) OR claim IN (FROM drawn)));
