-- E18 transfer before or after application (card E18).
-- Case: a member gave a home away, or for less than half of its worth, within the lookback before
-- approval or while on benefit, to somebody the household is tied to (kin to the third degree, one phone,
-- one dwelling) or whose taxes or meter it pays; its worth is over the asset limit. X10: sold by the
-- court, for a debt. X11: it passed by inheritance: an owner or an ancestor of both has died. X20: the
-- price went into treatment within six months.
WITH given AS (
  SELECT c.claim, c.month_from, t.*, m.person_id AS giver, greatest(t.price, (
    SELECT coalesce(max(d.contract_price), 0) FROM deed_tax d WHERE d.property_no = t.unit_no
      AND abs(date_diff('day', CAST(d.pay_date AS DATE), CAST(t.date AS DATE))) <= 180)) AS worth
  FROM claims c JOIN members m USING (household_id) JOIN dibao_household_register r USING (household_id)
  JOIN real_estate_transfer t ON t.from_id = m.person_id
  WHERE left(t.date, 7) BETWEEN later(left(r.approve_date, 7), -36) AND c.month_from
    AND later(c.month_from, -1) = left(t.date, 7)),
limits AS (
  SELECT n.claim, n.heads * p.value * (SELECT max(standard) FROM standards WHERE urban_rural = '城市')
    AS most FROM means n, policy_parameters p WHERE p.param = 'asset.fin_months_pc'),
accounts AS (
  SELECT g.claim, b.account_hash FROM given g JOIN bank_balance b ON b.person_id = g.giver
  UNION SELECT g.claim, s.card_hash FROM given g JOIN social_security_card s ON s.person_id = g.giver
  UNION SELECT claim, account_hash FROM claim_payments),
tied AS (
  SELECT g.claim, g.unit_no FROM given g JOIN relatives r ON r.claim = g.claim AND r.person_id = g.to_id
    WHERE r.degree <= 3
  UNION SELECT g.claim, g.unit_no FROM given g JOIN mobile_registration a ON a.holder_id = g.giver
    JOIN mobile_registration b ON b.phone_hash = a.phone_hash AND b.holder_id = g.to_id
  UNION SELECT g.claim, g.unit_no FROM given g JOIN hukou_population a ON a.person_id = g.giver
    JOIN hukou_population b ON b.person_id = g.to_id
    WHERE a.phone_hash = b.phone_hash OR a.address_code = b.address_code
  UNION SELECT g.claim, g.unit_no FROM given g JOIN deed_tax d ON d.property_no = g.unit_no
    JOIN accounts a ON a.claim = g.claim AND a.account_hash = d.payer_account_hash
  UNION SELECT g.claim, g.unit_no FROM given g JOIN real_estate_registration u USING (unit_no)
    JOIN electricity_usage e ON e.account_holder = g.giver AND e.address_code = u.address_code
    AND e.month > left(g.date, 7)
  UNION SELECT g.claim, g.unit_no FROM given g JOIN personal_loan l ON l.person_id = g.giver
    AND l.co_borrower_id = g.to_id),
sued AS (
  SELECT g.claim, g.unit_no FROM given g JOIN enforcement_case e ON e.person_id = g.giver
  WHERE e.role = '被执行人' AND e.filed <= g.date AND e.amount >= 0.5 * g.price),
bequeathed AS (
  SELECT g.claim, g.unit_no FROM given g JOIN deaths d ON d.person_id = g.giver AND d.death_date <= g.date
  UNION SELECT g.claim, g.unit_no FROM given g JOIN parents a ON a.child = g.giver
    JOIN parents b ON b.child = g.to_id AND b.parent = a.parent
    JOIN deaths d ON d.person_id = a.parent AND d.death_date <= g.date),
treated AS (
  SELECT g.claim, g.unit_no FROM given g JOIN claims c USING (claim) JOIN members m USING (household_id)
  JOIN inpatient_settlement i ON i.person_id = m.person_id
    AND i.admit BETWEEN days_on(g.date, -183) AND days_on(g.date, 183)
  GROUP BY g.claim, g.unit_no, g.price HAVING g.price > 0 AND sum(i.self_pay) >= 0.5 * g.price)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN given g USING (claim)
JOIN limits l USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN (g.transfer_type = '赠与' OR g.price < 0.5 * g.worth) AND g.worth > l.most
    AND (g.claim, g.unit_no) IN (FROM tied)
  WHEN 'X10' THEN g.transfer_type = '查封拍卖' AND (g.claim, g.unit_no) IN (FROM sued)
  WHEN 'X11' THEN g.transfer_type = '继承' AND (g.claim, g.unit_no) IN (FROM bequeathed)
  WHEN 'X20' THEN g.transfer_type = '买卖' AND (g.claim, g.unit_no) IN (FROM treated)
  ELSE false END;
