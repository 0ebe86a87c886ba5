-- L17 right category, missing add-on (card L17).
-- Case: listed as 低保, 特困 or edge in the month of the need, and the insurance of that year is not
-- subsidised, nor since, or a full-time student has no aid. Lookalike: listed, and in that year or the
-- next subsidised or insured as an employee.
WITH lists AS (
  SELECT DISTINCT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE touches(l.since, l.until, c.month_from, c.month_to)),
insured AS (
  SELECT c.claim, e.scheme, e.subsidised_category AS kind, e.status FROM claims c
  JOIN medical_insurance_enrolment e USING (person_id)
  WHERE e.year >= CAST(left(c.month_from, 4) AS INTEGER)),
pupils AS (
  SELECT c.claim, a.person_id FROM claims c JOIN household_people p USING (claim)
  JOIN student_enrolment s ON s.person_id = p.person_id AND s.status = '在读'
    AND s.stage IN ('高中', '中职', '大专', '本科')
  LEFT JOIN student_aid a ON a.person_id = p.person_id),
gap AS (
  SELECT c.claim FROM claims c WHERE NOT EXISTS (FROM insured i WHERE i.claim = c.claim
    AND (i.kind IS NOT NULL OR i.scheme = '职工'))
  UNION SELECT claim FROM pupils WHERE person_id IS NULL)
SELECT claim FROM claims c JOIN lists USING (claim)
WHERE (c.role = 'case') = (claim IN (FROM gap));
