-- E07 artificial household splitting (card E07).
-- Case: a hukou split in the 24 months before approval; the child or parent with whom the book was
-- shared still lives in the same dwelling (hukou and meter), and earns. X08: the relative who stayed
-- behind lives elsewhere or has no income; X16: the split has a reason of its own (school, land,
-- demolition, marriage).
WITH split AS (
  SELECT c.claim, h.change_date, h.reason, h.from_book, r.address_code
  FROM claims c JOIN members m ON m.household_id = c.household_id
  JOIN hukou_change h ON h.person_id = m.person_id AND h.change_type = '分户'
  JOIN dibao_household_register r ON r.household_id = c.household_id
  WHERE h.change_date <= r.approve_date
    AND later(left(h.change_date, 7), 24) >= left(r.approve_date, 7)),
kin AS (
  SELECT s.claim, k.person_id, k.address_code = s.address_code AS same_dwelling
  FROM split s JOIN claims c USING (claim) JOIN hukou_population k ON k.hukou_book_no = s.from_book
  WHERE (k.person_id, c.person_id) IN (SELECT (child, parent) FROM parents)
    OR (c.person_id, k.person_id) IN (SELECT (child, parent) FROM parents)),
one_meter AS (
  SELECT s.claim FROM split s JOIN claims c USING (claim)
  JOIN electricity_usage e ON e.address_code = s.address_code AND e.month >= c.month_from
  GROUP BY s.claim HAVING count(DISTINCT e.meter_no) = 1),
earning AS (
  SELECT k.claim, k.person_id FROM kin k JOIN claims c USING (claim)
  JOIN wages w ON w.person_id = k.person_id AND w.month BETWEEN c.month_from AND c.month_to
  UNION SELECT k.claim, k.person_id FROM kin k JOIN claims c USING (claim)
  JOIN migrant_wage_payment w ON w.person_id = k.person_id
    AND w.pay_month BETWEEN c.month_from AND c.month_to)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN split s USING (claim)
JOIN kin k USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN k.same_dwelling AND c.claim IN (FROM one_meter)
    AND (c.claim, k.person_id) IN (SELECT (claim, person_id) FROM earning)
    AND s.reason NOT IN ('土地确权', '入学', '结婚', '拆迁')
  WHEN 'X08' THEN NOT k.same_dwelling
    OR (c.claim, k.person_id) NOT IN (SELECT (claim, person_id) FROM earning)
    OR EXISTS (FROM residence_permit p WHERE p.person_id = k.person_id
      AND touches(p.from_date, p.to_date, c.month_from, c.month_to))
  WHEN 'X16' THEN s.reason IN ('土地确权', '入学', '结婚', '拆迁')
  ELSE false END;
