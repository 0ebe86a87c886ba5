-- L13 refused once and worse now (card L13).
-- Case: an application was refused within 24 months, and since then a new shock came, or the standard
-- rose; no new application, register or help. Lookalike: the same refusal and shock, and help, a
-- register, a new application, or an income still over twice the standard.
WITH refused AS (
  SELECT claim, max(event_date) AS day FROM decisions WHERE event IN ('不予确认', '不予受理') GROUP BY claim),
shock AS (
  SELECT p.claim, i.confirmed_date AS day FROM household_people p JOIN illnesses i USING (person_id)
  UNION ALL SELECT p.claim, d.event_date FROM household_people p
  JOIN disaster_loss d ON d.household_head = p.person_id
  UNION ALL SELECT p.claim, u.reg_date FROM household_people p JOIN unemployment_register u USING (person_id)
  UNION ALL SELECT p.claim, d.death_date FROM household_people p JOIN deaths d USING (person_id)),
worse AS (
  SELECT r.claim, min(s.day) AS day FROM refused r JOIN claims c USING (claim)
  JOIN shock s ON s.claim = r.claim AND s.day > r.day AND left(s.day, 7) = c.month_from
  WHERE left(s.day, 7) <= later(left(r.day, 7), 24) GROUP BY r.claim),
earns AS (
  SELECT c.claim FROM claims c JOIN household_people p USING (claim) JOIN wages w ON w.person_id = p.person_id
  WHERE w.month BETWEEN c.month_from AND c.month_to AND w.kind = 'insured'
  GROUP BY c.claim, c.month_from, c.month_to
  HAVING sum(w.income) / count(DISTINCT w.month) / (SELECT count(DISTINCT person_id)
    FROM household_people q WHERE q.claim = c.claim) > 2 * 570),
met AS (
  SELECT claim FROM covered UNION SELECT claim FROM earns
  UNION SELECT w.claim FROM worse w JOIN aid a ON a.claim = w.claim AND a.day >= w.day
    AND a.kind <> 'medical'
  UNION SELECT w.claim FROM worse w JOIN decisions d ON d.claim = w.claim AND d.event = '申请'
    AND d.event_date >= w.day)
SELECT claim FROM claims c JOIN worse USING (claim)
WHERE CASE c.role WHEN 'decoy' THEN claim IN (FROM met)
  ELSE claim NOT IN (SELECT claim FROM met EXCEPT SELECT claim FROM earns) END;
