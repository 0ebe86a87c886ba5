-- L20 the guarantees and water (card L20).
-- Case: one red flag stands at the end: no insurance this year, an unsafe house (C or D) not renovated,
-- a dropout not back, unsafe water. Lookalike: the flag was there and is mended, or insured elsewhere.
WITH flags AS (
  SELECT c.claim, 'insurance' AS flag, EXISTS (FROM medical_insurance_enrolment e
      WHERE e.person_id = c.person_id AND e.year = 2026)
    OR EXISTS (FROM employee_social_insurance e WHERE e.person_id = c.person_id
      AND e.pay_month >= c.month_from) AS mended FROM claims c
  WHERE NOT EXISTS (FROM medical_insurance_enrolment e WHERE e.person_id = c.person_id
    AND e.year = 2026 AND e.delivery = '2026-04' AND left(e.paid_date, 7) <= '2025-12' AND e.scheme = '居民'
    AND left(e.area_code, 6) = (FROM county) AND coalesce(e.status, '') LIKE '正常%')
  UNION ALL SELECT c.claim, 'house', d.accept_date IS NOT NULL FROM claims c JOIN household_people p
    USING (claim) JOIN dangerous_house_renovation d ON d.head_id = p.person_id OR d.household_id = c.household_id
  WHERE d.grade IN ('C', 'D')
  UNION ALL SELECT c.claim, 'house', EXISTS (FROM dangerous_house_renovation d
    WHERE d.head_id = h.holder_id AND d.accept_date IS NOT NULL) FROM claims c JOIN household_people p
    USING (claim) JOIN rural_homestead h ON h.holder_id = p.person_id WHERE h.status LIKE '%危%'
  UNION ALL SELECT c.claim, 'school', bool_or(w.status IN ('已返校', '劝返', '已复学', '返校'))
    OR bool_or(EXISTS (FROM dropout_watch v WHERE v.person_id = w.person_id AND v.date > w.date))
  FROM claims c JOIN household_people p USING (claim) JOIN dropout_watch w ON w.person_id = p.person_id
  GROUP BY c.claim
  UNION ALL SELECT c.claim, 'water', arg_max(d.status, d.check_date) NOT LIKE '%不%' FROM claims c
  JOIN household_people p USING (claim) JOIN drinking_water_safety d ON d.household_head = p.person_id
  GROUP BY c.claim HAVING bool_or(d.status LIKE '%不%'))
SELECT DISTINCT claim FROM claims c JOIN flags f USING (claim)
WHERE (c.role = 'case' AND NOT f.mended) OR (c.role = 'decoy' AND f.mended AND NOT EXISTS (
  FROM flags g WHERE g.claim = c.claim AND NOT g.mended));
