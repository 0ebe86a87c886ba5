-- E43 age limits (card E43).
-- Case: the child is eighteen before the first month, in no school, and the money ran on. X06: still in
-- secondary or vocational school, or a student.
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim)
LEFT JOIN orphan_child_register o ON o.child_id = c.person_id
LEFT JOIN tekun_register t ON t.person_id = c.person_id
LEFT JOIN student_enrolment s ON s.person_id = c.person_id AND s.status = '在读'
WHERE coalesce(o.child_id, t.person_id) IS NOT NULL AND age_in(c.person_id, c.month_from) >= 18
  AND age_in(c.person_id, later(c.month_from, -2)) < 18
  AND CASE c.clearing_code WHEN '' THEN s.person_id IS NULL WHEN 'X06' THEN s.person_id IS NOT NULL
    ELSE false END;
