-- E26 business income through private accounts (card E26).
-- Case: in six months at least, many payers pay as to a merchant into an account of the person; net of
-- 60 % cost it is over the line for the household, and the person's declared income is far below it. X05: the
-- net inflow is declared. X09: what comes in goes out again. X18: it is below a tenth of the line.
WITH held AS (
  SELECT c.claim, b.account_hash FROM claims c JOIN bank_balance b USING (person_id)
  UNION SELECT c.claim, s.card_hash FROM claims c JOIN social_security_card s USING (person_id)),
months AS (
  SELECT c.claim, t.month, sum(t.merchant_in) AS merchant, sum(t.in_amount) AS inflow,
    sum(t.out_amount) AS outflow, sum(t.in_count) AS payers
  FROM claims c JOIN held h USING (claim) JOIN account_transaction_summary t USING (account_hash)
  WHERE t.month BETWEEN c.month_from AND c.month_to GROUP BY c.claim, t.month),
trade AS (
  SELECT claim, 0.4 * avg(merchant) AS net, sum(outflow) / sum(inflow) AS passed,
    count(*) AS months, min(month) AS first, max(month) AS last FROM months
  WHERE merchant > 0 AND payers >= 20 GROUP BY claim),
declared AS (
  SELECT c.claim, max(m.declared_income) AS income FROM claims c
  JOIN members m ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim)
JOIN trade t USING (claim) JOIN declared d USING (claim)
WHERE t.months >= 6 AND t.first = c.month_from AND t.last = c.month_to AND CASE c.clearing_code
  WHEN '' THEN t.net > standard * heads AND d.income < 0.5 * t.net AND t.passed < 0.9
  WHEN 'X05' THEN t.net > 0.1 * standard * heads AND d.income >= 0.95 * t.net
    AND declared_pc <= standard
  WHEN 'X09' THEN t.net > standard * heads AND t.passed >= 0.9
  WHEN 'X18' THEN t.net <= 0.1 * standard * heads
  ELSE false END;
