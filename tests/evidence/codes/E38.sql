-- E38 outdated membership (card E38).
-- Case: an event before the first month ends the membership (moved away, married out, conscript,
-- graduate at work, religious staff, prison), the member is still listed, and six months at least were
-- paid. X06: the event is within the grace of six months. X08: the person came back, or only studied.
WITH events AS (
  SELECT person_id, change_date AS day, reason FROM hukou_change WHERE change_type IN ('迁出', '入伍')
  UNION ALL SELECT person_id, enlist, 'conscript' FROM conscript_family
  UNION ALL SELECT person_id, marriage_date, 'married' FROM marriages
  UNION ALL SELECT person_id, days_on(from_date, 1095), 'religious' FROM religious_personnel
  UNION ALL SELECT person_id, found_date, 'found' FROM missing_person_report
    WHERE found_date IS NOT NULL
  UNION ALL SELECT e.person_id, e.start_date, 'graduate' FROM employment_registration e
  JOIN student_enrolment s USING (person_id) WHERE s.status = '毕业' AND e.end_date IS NULL),
left_home AS (
  SELECT c.claim, e.day, e.reason FROM claims c JOIN members m USING (household_id, person_id)
  JOIN events e USING (person_id)
  WHERE m.removed > c.month_to AND left(e.day, 7) < c.month_from AND left(m.added, 7) <= left(e.day, 7)),
back AS (
  SELECT l.claim FROM left_home l JOIN claims c USING (claim) JOIN hukou_change h USING (person_id)
  WHERE h.change_type = '迁入' AND h.change_date > l.day)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN left_home l USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN later(left(l.day, 7), 6) < c.month_to AND c.claim NOT IN (FROM back)
  WHEN 'X06' THEN later(left(l.day, 7), 6) >= c.month_to AND c.claim NOT IN (FROM back)
  WHEN 'X08' THEN c.claim IN (FROM back) OR l.reason = '升学'
  ELSE false END;
