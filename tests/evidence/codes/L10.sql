-- L10 orphan without guardian (card L10).
-- Case: a child whose parents are both dead, not in the children's register and not adopted.
-- Lookalike: both dead, and registered or adopted.
WITH orphans AS (
  SELECT c.claim FROM claims c JOIN parents p ON p.child = c.person_id
  JOIN deaths d ON d.person_id = p.parent GROUP BY c.claim HAVING count(DISTINCT p.parent) = 2),
met AS (
  SELECT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE l.programme IN ('儿童', '特困') AND touches(l.since, l.until, c.month_to, c.month_to)
  UNION SELECT c.claim FROM claims c JOIN adoption_registration a ON a.adoptee_id = c.person_id
  WHERE a.dissolved_date IS NULL)
SELECT claim FROM claims c JOIN orphans USING (claim)
WHERE age_in(c.person_id, c.month_from) < 18 AND (c.role = 'decoy') = (claim IN (FROM met));
