-- E19 nominee-held property (card E19).
-- Case: a relative owns a home for which the household pays in two ways at least (mortgage as borrower, deed
-- tax or meter from its accounts) for six months or more. X08: the household lives in a home that belongs
-- to a relative and pays at most the meter. Payments decide, not the owner's income.
WITH accounts AS (
  SELECT c.claim, b.account_hash FROM claims c JOIN members m USING (household_id)
  JOIN bank_balance b ON b.person_id = m.person_id
  UNION SELECT c.claim, s.card_hash FROM claims c JOIN members m USING (household_id)
  JOIN social_security_card s ON s.person_id = m.person_id
  UNION SELECT claim, account_hash FROM claim_payments),
homes AS (
  SELECT r.claim, u.unit_no, u.owner_id, u.address_code, u.reg_date FROM relatives r
  JOIN real_estate_registration u ON u.owner_id = r.person_id JOIN claims c USING (claim)
  WHERE r.degree <= 3 AND u.owner_id NOT IN (
    SELECT person_id FROM members m WHERE m.household_id = c.household_id)),
paid AS (
  SELECT h.claim, h.unit_no, 'mortgage' AS way FROM homes h JOIN claims c USING (claim)
  JOIN members m USING (household_id) JOIN personal_loan l ON l.person_id = m.person_id
    AND l.co_borrower_id = h.owner_id
  WHERE l.type = '房贷' AND l.monthly_due > 0
  UNION SELECT h.claim, h.unit_no, 'tax' FROM homes h JOIN deed_tax d ON d.property_no = h.unit_no
  JOIN accounts a ON a.claim = h.claim AND a.account_hash = d.payer_account_hash
  UNION SELECT h.claim, h.unit_no, 'meter' FROM homes h JOIN claims c USING (claim)
  JOIN members m USING (household_id) JOIN electricity_usage e ON e.account_holder = m.person_id
    AND e.address_code = h.address_code
  GROUP BY h.claim, h.unit_no HAVING count(DISTINCT e.month) >= 6),
ways AS (
  SELECT h.claim, h.unit_no, h.address_code, h.reg_date, count(DISTINCT p.way) AS n,
    count(DISTINCT p.way) FILTER (p.way <> 'meter') AS dear
  FROM homes h LEFT JOIN paid p USING (claim, unit_no)
  GROUP BY h.claim, h.unit_no, h.address_code, h.reg_date)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim)
JOIN dibao_household_register r USING (household_id) JOIN ways w USING (claim)
WHERE left(w.reg_date, 7) <= c.month_from AND CASE c.clearing_code
  WHEN '' THEN w.n >= 2 AND later(c.month_from, 5) <= c.month_to
  WHEN 'X08' THEN w.address_code = r.address_code AND w.dear = 0
  ELSE false END;
