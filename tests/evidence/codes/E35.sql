-- E35 machinery and commercial vehicles (card E35).
-- Case: a member owns a machine of more than 50 kW, or a licensed commercial vehicle or ship, in use and
-- bought before the months. X02: scrapped, sold. X04: small, the sole livelihood. X10: on credit.
WITH owned AS (
  SELECT c.claim, f.power_kw AS power, f.status, f.buy_date AS since, NULL AS until, f.price
  FROM claims c JOIN members m USING (household_id) JOIN farm_machinery f ON f.owner_id = m.person_id
  UNION ALL SELECT c.claim, 99, '在用', k.from_date, k.to_date, NULL FROM claims c
  JOIN members m USING (household_id) JOIN commercial_vehicle k ON k.operator_id = m.person_id
  UNION ALL SELECT c.claim, 99, k.status, k.reg_date, NULL, NULL FROM claims c
  JOIN members m USING (household_id) JOIN ride_hailing_vessel k ON k.holder_id = m.person_id),
credit AS (
  SELECT c.claim FROM claims c JOIN members m USING (household_id)
  JOIN micro_credit k ON k.borrower_id = m.person_id
  UNION SELECT c.claim FROM claims c JOIN members m USING (household_id)
  JOIN personal_loan k ON k.person_id = m.person_id WHERE k.type IN ('经营', '车贷'))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN owned o USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN o.power > 50 AND o.status NOT IN ('报废', '注销', '转让', '停运')
    AND left(o.since, 7) <= c.month_from AND left(coalesce(o.until, '9999-12'), 7) >= c.month_to
  WHEN 'X02' THEN o.power > 50 AND o.status IN ('报废', '注销', '转让', '停运')
  WHEN 'X04' THEN o.power <= 50
  WHEN 'X10' THEN o.power > 50 AND c.claim IN (FROM credit)
  ELSE false END;
