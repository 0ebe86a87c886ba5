-- E15 vehicle over the limit (card E15).
-- Case: a member owns a registered car from the month before the first month to the end, in order,
-- no tool of a livelihood. X02: scrapped or handed on before the months (in the register or, where it is
-- stale, in a trade or scrapping record). X04: mobility vehicle, motorcycle, or the sole tool of a
-- livelihood. X10: bought on credit. X15: the car came after the last paid month or was
-- gone before the first.
WITH cars AS (
  SELECT c.claim, c.person_id, v.* EXCLUDE (delivery, _op),
    coalesce(v.transfer_date, CASE WHEN v.status IN ('报废', '注销', '转出') THEN v.status_date END) AS gone
  FROM claims c JOIN members m USING (household_id)
  JOIN vehicle_registration v ON v.owner_id = m.person_id
  WHERE m.person_id = c.person_id),
working AS (
  SELECT r.claim FROM cars r JOIN commercial_vehicle k ON k.plate = r.plate
  UNION SELECT r.claim FROM cars r JOIN ride_hailing_vessel k ON k.holder_id = r.owner_id)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN cars r USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN r.vehicle_type LIKE '%轿车%' AND r.use_nature NOT LIKE '%残疾%'
    AND r.status IN ('正常', '逾期未检') AND r.gone IS NULL
    AND left(r.first_reg_date, 7) < c.month_from AND c.claim NOT IN (FROM working)
  WHEN 'X02' THEN left(r.gone, 7) <= c.month_from OR r.status IN ('报废', '注销', '转出')
  WHEN 'X04' THEN r.vehicle_type LIKE '%摩托%' OR r.vehicle_type LIKE '%残疾%'
    OR r.use_nature LIKE '%残疾%' OR r.use_nature LIKE '%营运%' OR r.vehicle_type LIKE '%三轮%'
    OR r.vehicle_type LIKE '%电动%' OR c.claim IN (FROM working)
  WHEN 'X10' THEN EXISTS (FROM personal_loan l WHERE l.person_id = r.owner_id AND l.type = '车贷')
  WHEN 'X15' THEN (left(r.first_reg_date, 7) > c.month_to OR left(r.gone, 7) < c.month_from)
    AND NOT EXISTS (FROM payments p WHERE p.household_id = c.household_id AND p.status = '成功'
      AND p.month > c.month_to AND p.month >= left(r.first_reg_date, 7)
      AND p.month <= left(coalesce(r.gone, '9999-12'), 7))
  ELSE false END;
