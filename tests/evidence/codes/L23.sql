-- L23 removal that hurt (card L23).
-- Case: assistance ended because of a data comparison within twelve months, and since then an appeal or
-- a shock; neither restored nor upheld. Lookalike: the same, and upheld, restored or helped.
WITH ended AS (
  SELECT claim, max(event_date) AS day FROM decisions
  WHERE event = '停发' AND reason_code LIKE '%数据比对%' GROUP BY claim),
hurt AS (
  SELECT e.claim FROM ended e JOIN household_people p USING (claim) JOIN hotline_ticket h
    ON h.subject_person_id = p.person_id AND h.date > e.day AND h.topic LIKE '%申诉%'
  UNION SELECT e.claim FROM ended e JOIN household_people p USING (claim)
  JOIN illnesses i ON i.person_id = p.person_id AND i.confirmed_date > e.day
  UNION SELECT e.claim FROM ended e JOIN household_people p USING (claim)
  JOIN disaster_loss d ON d.household_head = p.person_id AND d.event_date > e.day
  UNION SELECT e.claim FROM ended e JOIN household_people p USING (claim)
  JOIN unemployment_register u ON u.person_id = p.person_id AND u.reg_date > e.day),
met AS (
  SELECT e.claim FROM ended e JOIN decisions d ON d.claim = e.claim AND d.event_date > e.day
  WHERE d.reason_code LIKE '%维持%' OR d.event IN ('确认', '恢复')
  UNION SELECT claim FROM covered
  UNION SELECT e.claim FROM ended e JOIN claims c USING (claim) JOIN aid a ON a.claim = e.claim
    AND left(a.day, 7) >= c.month_from AND a.kind <> 'medical')
SELECT claim FROM claims c JOIN ended e USING (claim) JOIN hurt USING (claim)
WHERE later(left(e.day, 7), 12) >= c.month_from AND (c.role = 'decoy') = (claim IN (FROM met));
