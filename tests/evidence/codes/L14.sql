-- L14 on another department's list only (card L14).
-- Case: monitored or a needy worker for thirty days, risk not ended, and no application or register of
-- assistance. Lookalike: the same list, and tested (application or decision since), listed, or ended.
WITH lists AS (
  SELECT c.claim, m.identified_date AS day, m.risk_eliminated_date AS until FROM claims c
  JOIN monitored_household m ON list_contains(m.members, c.person_id)
  UNION ALL SELECT c.claim, n.from_date, n.to_date FROM claims c JOIN needy_workers n USING (person_id)),
met AS (
  SELECT claim FROM covered WHERE programme IN ('低保', '特困', '边缘', '刚性')
  UNION SELECT l.claim FROM lists l JOIN claims c USING (claim) WHERE left(l.until, 7) <= c.month_to
  UNION SELECT l.claim FROM lists l JOIN decisions d ON d.claim = l.claim
    AND d.event IN ('申请', '确认', '不予确认') AND later(left(d.event_date, 7), 12) >= left(l.day, 7))
SELECT DISTINCT claim FROM claims c JOIN lists l USING (claim)
WHERE left(days_on(l.day, 30), 7) <= c.month_from AND (c.role = 'decoy') = (claim IN (FROM met));
