-- L21 many weak signs (card L21).
-- Case: in the twelve months to the month of the need three weak signs of different kinds or people in
-- the household and its support kin (parents and children elsewhere), and no help since.
-- Lookalike: signs of two kinds at most in the household itself, or help came.
WITH circle AS (
  SELECT claim, person_id FROM household_people
  UNION SELECT h.claim, p.parent FROM household_people h JOIN parents p ON p.child = h.person_id
  UNION SELECT h.claim, p.child FROM household_people h JOIN parents p ON p.parent = h.person_id),
weak(person_id, kind, day) AS (
  SELECT subject_person_id, 'call', date FROM hotline_ticket WHERE type = '求助'
  UNION ALL SELECT person_id, 'hospital', discharge FROM inpatient_settlement WHERE self_pay >= 2000
  UNION ALL SELECT person_id, 'illness', confirmed_date FROM illnesses
  UNION ALL SELECT person_id, 'chronic', from_date FROM outpatient_chronic
  UNION ALL SELECT person_id, 'work', reg_date FROM unemployment_register
  UNION ALL SELECT household_head, 'disaster', event_date FROM disaster_loss
  UNION ALL SELECT person_id, 'fire', event_date FROM fire_accident
  UNION ALL SELECT person_id, 'accident', event_date FROM accident_claim
  UNION ALL SELECT person_id, 'school', date FROM dropout_watch
  UNION ALL SELECT person_id, 'debt', '2026-05-01' FROM personal_loan WHERE overdue_days > 0
  UNION ALL SELECT borrower_id, 'debt', coalesce(due_date, '2026-05-01') FROM micro_credit WHERE overdue
  UNION ALL SELECT owner_id, 'herd', delivery || '-01' FROM livestock_register WHERE head_count = 0
  UNION ALL SELECT person_id, 'frail', assess_date FROM elderly_disability_assessment
  UNION ALL SELECT person_id, 'disabled', issue_date FROM disability_certificate
  UNION ALL SELECT person_id, 'death', death_date FROM deaths),
at_home AS (
  SELECT c.claim, count(DISTINCT w.kind) AS kinds FROM claims c JOIN household_people k USING (claim)
  JOIN weak w ON w.person_id = k.person_id
  WHERE left(w.day, 7) > later(c.month_from, -12) AND left(w.day, 7) <= c.month_from GROUP BY c.claim),
signs AS (
  SELECT c.claim, count(DISTINCT (w.kind, w.person_id)) AS signs
  FROM claims c JOIN circle k USING (claim) JOIN weak w ON w.person_id = k.person_id
  WHERE left(w.day, 7) > later(c.month_from, -12) AND left(w.day, 7) <= c.month_from GROUP BY c.claim),
met AS (
  SELECT claim FROM covered
  UNION SELECT c.claim FROM claims c JOIN aid a ON a.claim = c.claim AND left(a.day, 7) >= c.month_from
    AND a.kind <> 'medical')
SELECT claim FROM claims c JOIN signs s USING (claim)
LEFT JOIN at_home h USING (claim)
WHERE CASE c.role WHEN 'case' THEN s.signs >= 3 AND claim NOT IN (FROM met)
  ELSE coalesce(h.kinds, 0) <= 2 OR claim IN (FROM met) END;
