-- L06 disaster or accident (card L06).
-- Case: house damaged to C or D, or a loss of more than thirty per cent of the income a head, with no
-- aid in the row nor since. Lookalike: the same event, and aid or insurance came.
WITH line AS (SELECT value AS income FROM policy_parameters
  WHERE param = 'income.rural_pc_year' AND valid_from = '2025-07-01'),
events AS (
  SELECT c.claim, d.event_date AS day, d.aid FROM claims c
  JOIN disaster_loss d ON d.household_head = c.person_id, line
  WHERE (d.house_damage IN ('C', 'D') OR d.crop_loss > 0.3 * line.income)
    AND left(d.event_date, 7) BETWEEN later(c.month_from, -1) AND c.month_from
  UNION ALL SELECT c.claim, f.event_date, 0 FROM claims c JOIN fire_accident f USING (person_id), line
  WHERE f.loss > 0.3 * line.income
    AND left(f.event_date, 7) BETWEEN later(c.month_from, -1) AND c.month_from),
met AS (
  SELECT claim FROM events WHERE aid > 0
  UNION SELECT e.claim FROM events e JOIN aid a ON a.claim = e.claim AND a.day >= e.day
    AND a.kind <> 'medical'
  UNION SELECT e.claim FROM events e JOIN household_people p USING (claim)
  JOIN accident_claim a USING (person_id) WHERE a.event_date = e.day
  UNION SELECT e.claim FROM events e JOIN household_people p USING (claim)
  JOIN agricultural_insurance a ON a.insured_id = p.person_id WHERE a.claim > 0 AND a.date >= e.day)
SELECT DISTINCT claim FROM claims c JOIN events USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
