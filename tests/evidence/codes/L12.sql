-- L12 left assistance and fell again (card L12).
-- Case: assistance was ended within 24 months before a new shock (illness, death, disaster, lost work),
-- not for death or departure, and the household is in no register and got no help since; what is paid at
-- the hospital's counter is no re-entry. Lookalike: the
-- same exit and shock, and help, a register, or an exit because of death or departure.
WITH ended AS (
  SELECT claim, max(event_date) AS day, arg_max(reason_code, event_date) AS reason FROM decisions
  WHERE event = '停发' GROUP BY claim),
shock AS (
  SELECT p.claim, i.confirmed_date AS day FROM household_people p JOIN illnesses i USING (person_id)
  UNION ALL SELECT p.claim, d.event_date FROM household_people p
  JOIN disaster_loss d ON d.household_head = p.person_id
  UNION ALL SELECT p.claim, u.reg_date FROM household_people p JOIN unemployment_register u USING (person_id)
  UNION ALL SELECT p.claim, d.death_date FROM household_people p JOIN deaths d USING (person_id)),
again AS (
  SELECT e.claim, min(s.day) AS day FROM ended e JOIN shock s ON s.claim = e.claim AND s.day >= e.day
    AND left(s.day, 7) <= later(left(e.day, 7), 24)
  JOIN claims c ON c.claim = e.claim AND left(s.day, 7) = c.month_from GROUP BY e.claim),
met AS (
  SELECT claim FROM covered
  UNION SELECT g.claim FROM again g JOIN aid a ON a.claim = g.claim AND a.day >= g.day
    AND a.kind <> 'medical'
  UNION SELECT claim FROM ended WHERE reason IN ('死亡', '迁出')
  UNION SELECT g.claim FROM again g JOIN decisions d ON d.claim = g.claim AND d.event = '确认'
    AND d.event_date >= g.day)
SELECT claim FROM claims c JOIN again USING (claim)
WHERE (c.role = 'decoy') = (claim IN (FROM met));
