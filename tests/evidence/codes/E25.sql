-- E25 financial assets over the limit (card E25).
-- Case: balances (point and average), wealth, securities and cash values a head over asset.fin_months_pc
-- times the urban standard. X09: the account is kept for another purpose (treatment, crew). X10: frozen.
-- X18: under the limit.
WITH limits AS (SELECT p.value * (SELECT max(standard) FROM standards WHERE urban_rural = '城市') AS pc
  FROM policy_parameters p WHERE p.param = 'asset.fin_months_pc'),
assets AS (
  SELECT person_id, balance AS point, avg_12m AS mean, account_flag FROM bank_balance
  UNION ALL SELECT person_id, principal, principal, '正常' FROM wealth_products
  UNION ALL SELECT person_id, coalesce(market_value, 0) + coalesce(cash, 0),
    coalesce(market_value, 0) + coalesce(cash, 0), '正常' FROM securities_account
  UNION ALL SELECT holder_id, cash_value, cash_value, '正常' FROM commercial_life_insurance),
own AS (
  SELECT c.claim, sum(a.point) AS point, sum(a.mean) AS mean,
    sum(least(a.point, a.mean)) FILTER (a.account_flag = '正常') AS free,
    bool_or(a.account_flag = '代管') AS is_kept, bool_or(a.account_flag = '冻结') AS is_frozen
  FROM claims c JOIN members m USING (household_id) JOIN assets a ON a.person_id = m.person_id
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim) JOIN own o USING (claim),
  limits l
WHERE CASE c.clearing_code
  WHEN '' THEN o.point / heads > l.pc AND o.mean / heads > l.pc
  WHEN 'X09' THEN o.point / heads > l.pc AND o.is_kept AND coalesce(o.free, 0) / heads <= l.pc
  WHEN 'X10' THEN o.point / heads > l.pc AND o.is_frozen AND coalesce(o.free, 0) / heads <= l.pc
  WHEN 'X18' THEN o.point / heads <= l.pc OR o.mean / heads <= l.pc
  ELSE false END;
