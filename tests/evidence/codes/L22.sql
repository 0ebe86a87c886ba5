-- L22 hidden load of care (card L22).
-- Case: three dependants at least (children under 16, elders of 75, severely disabled), in the own home
-- or among parents, children and parents-in-law and none of them in an institution, one earner at most,
-- no brother or sister to share.
-- Lookalike: as many dependants, and siblings share, an institution or a programme
-- helps, or aid came.
WITH near AS (
  SELECT c.claim, p.child AS person_id FROM claims c JOIN parents p ON p.parent = c.person_id
  UNION SELECT c.claim, p.parent FROM claims c JOIN parents p ON p.child = c.person_id
  UNION SELECT c.claim, p.parent FROM claims c JOIN couples k USING (person_id)
    JOIN parents p ON p.child = k.spouse
  UNION SELECT c.claim, k.spouse FROM claims c JOIN couples k USING (person_id)
  UNION SELECT claim, person_id FROM household_people),
frail AS (
  SELECT person_id FROM disability_certificate WHERE grade IN ('1', '2') AND status = '有效'
  UNION SELECT person_id FROM elderly_disability_assessment WHERE disability_level LIKE '%重度%'),
dependants AS (
  SELECT n.claim, count(DISTINCT n.person_id) AS people, count(DISTINCT n.person_id) FILTER (
    n.person_id NOT IN (SELECT person_id FROM institution_residents
      WHERE check_out IS NULL AND person_id IS NOT NULL)) AS at_home
  FROM near n JOIN claims c USING (claim)
  WHERE n.person_id NOT IN (SELECT person_id FROM deaths WHERE person_id IS NOT NULL)
    AND n.person_id <> c.person_id AND (age_in(n.person_id, c.month_to) < 16
      OR age_in(n.person_id, c.month_to) >= 75 OR n.person_id IN (FROM frail)) GROUP BY n.claim),
siblings AS (
  SELECT c.claim FROM claims c JOIN parents a ON a.child = c.person_id
  JOIN parents b ON b.parent = a.parent AND b.child <> c.person_id
  WHERE age_in(b.child, c.month_to) BETWEEN 18 AND 70
    AND b.child NOT IN (SELECT person_id FROM deaths WHERE person_id IS NOT NULL)),
helped AS (SELECT claim FROM covered UNION SELECT a.claim FROM aid a JOIN claims c USING (claim)
  WHERE left(a.day, 7) BETWEEN later(c.month_to, -12) AND c.month_to AND a.kind <> 'medical'),
met AS (FROM helped UNION SELECT n.claim FROM near n JOIN institution_residents i
  USING (person_id) WHERE i.check_out IS NULL)
SELECT claim FROM claims c JOIN dependants d USING (claim)
WHERE d.people >= 3 AND CASE c.role
  WHEN 'case' THEN d.at_home >= 3 AND claim NOT IN (FROM siblings) AND claim NOT IN (FROM helped)
  ELSE claim IN (FROM siblings) OR claim IN (FROM met) END;
