-- E47 undeclared lump sums (card E47).
-- Case: compensation for land, house, injury or accident over the asset limit a head reached a member
-- before the months. X09: it was spent on treatment or building, or is kept for it.
WITH sums AS (
  SELECT person_id, amount, pay_date AS day FROM land_expropriation_compensation
  UNION ALL SELECT owner_id, amount, coalesce(pay_date, agreement_date) FROM demolition_compensation
  UNION ALL SELECT person_id, lump_sum, injury_date FROM work_injury_benefit
  UNION ALL SELECT person_id, amount, pay_date FROM accident_claim),
own AS (
  SELECT c.claim, sum(s.amount) AS amount, min(s.day) AS day FROM claims c
  JOIN members m USING (household_id) JOIN sums s ON s.person_id = m.person_id
  WHERE left(s.day, 7) <= c.month_from AND left(s.day, 7) >= later(c.month_from, -36) GROUP BY c.claim),
months AS (SELECT value FROM policy_parameters WHERE param = 'asset.fin_months_pc'),
urban AS (SELECT max(standard) AS standard FROM standards WHERE urban_rural = '城市'),
spent AS (
  SELECT o.claim FROM own o JOIN claims c USING (claim) JOIN members m USING (household_id)
  JOIN inpatient_settlement i ON i.person_id = m.person_id AND i.discharge BETWEEN days_on(o.day, -180)
    AND days_on(o.day, 365)
  GROUP BY o.claim, o.amount HAVING sum(i.self_pay) >= 0.3 * o.amount
  UNION SELECT o.claim FROM own o JOIN claims c USING (claim) JOIN members m USING (household_id)
  JOIN dangerous_house_renovation d ON d.head_id = m.person_id
  UNION SELECT o.claim FROM own o JOIN claims c USING (claim) JOIN members m USING (household_id)
  JOIN presale_contract p ON list_contains(p.buyer_ids, m.person_id)
  UNION SELECT o.claim FROM own o JOIN claims c USING (claim) JOIN members m USING (household_id)
  JOIN bank_balance b ON b.person_id = m.person_id AND b.account_flag IN ('代管', '冻结'))
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim) JOIN own o USING (claim),
  months n, urban u
WHERE o.amount / heads > n.value * u.standard
  AND CASE c.clearing_code WHEN '' THEN c.claim NOT IN (FROM spent) WHEN 'X09' THEN c.claim IN (FROM spent)
    ELSE false END;
