-- E03 double registration (card E03).
-- Case: two households of the register, in two areas, count the person, and both were paid for it in
-- every month of the claim. X03: the two rows carry two names. X15: the old registration ends in the
-- month in which the new one begins, so that one month is paid twice. On two counties' rosters, where
-- the claim says so, the areas lie in two counties.
WITH twice AS (
  SELECT c.claim, a.household_id AS second, b.household_id AS first, a.name AS second_name,
    b.name AS first_name, ra.start_month, rb.end_month
  FROM claims c
  JOIN members a ON a.person_id = c.person_id
  JOIN members b ON b.person_id = c.person_id AND b.household_id <> a.household_id
  JOIN dibao_household_register ra ON ra.household_id = a.household_id
  JOIN dibao_household_register rb ON rb.household_id = b.household_id
  WHERE c.household_id = a.household_id AND ra.area_code <> rb.area_code
    AND (c.difficulty <> 'cross-county' OR left(ra.area_code, 6) <> left(rb.area_code, 6))
    AND ra.start_month >= rb.start_month),
both_paid AS (
  SELECT t.claim, t.second, t.first, count(DISTINCT p.month) AS months
  FROM twice t JOIN claims c USING (claim)
  JOIN payments p ON p.household_id = t.second AND p.month BETWEEN c.month_from AND c.month_to
  JOIN payments q ON q.household_id = t.first AND q.month = p.month
  WHERE p.status = '成功' AND q.status = '成功' GROUP BY ALL)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim)
JOIN twice t USING (claim) JOIN both_paid p USING (claim)
WHERE p.months = (SELECT count(DISTINCT q.month) FROM claim_payments q WHERE q.claim = c.claim)
  AND CASE c.clearing_code
    WHEN '' THEN t.second_name = t.first_name
    WHEN 'X03' THEN t.second_name <> t.first_name
    WHEN 'X15' THEN c.month_from = c.month_to AND t.end_month = c.month_to
      AND t.start_month = c.month_from
    ELSE false END;
