-- L15 single allowance for the severely ill or disabled of an edge family (card L15).
-- Case: a member of an edge household in force is severely disabled or ill and not in 低保.
-- Lookalike: such a member, who declined in writing or is in 低保 alone.
WITH edge AS (
  SELECT DISTINCT c.claim FROM claims c JOIN low_income_edge_register e
    ON list_contains(e.member_ids, c.person_id) AND touches(e.recognised_date, e.valid_to, c.month_to, c.month_to)),
severe AS (
  SELECT c.claim FROM claims c JOIN disability_certificate d USING (person_id)
  WHERE d.status = '有效' AND (d.grade IN ('1', '2') OR (d.grade = '3' AND d.type IN ('智', '精')))
  UNION SELECT c.claim FROM claims c JOIN illnesses i USING (person_id)),
alone AS (
  SELECT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE l.programme = '低保' AND touches(l.since, l.until, c.month_to, c.month_to)),
declined AS (SELECT claim FROM decisions WHERE event = '放弃' OR reason_code = '自愿放弃')
SELECT claim FROM claims c JOIN edge USING (claim) JOIN severe USING (claim)
WHERE (c.role = 'case' AND claim NOT IN (FROM alone) AND claim NOT IN (FROM declined))
  OR (c.role = 'decoy' AND (claim IN (FROM alone) OR claim IN (FROM declined)));
