-- E02 withdrawals after death (card E02).
-- Case: money left an account or card of the dead in two months at least, all of them wholly later than
-- thirty days after the death. X09: what was withdrawn left within thirty days of the death, before a
-- funeral. X14: the account is joint, or the inheritance is settled; otherwise like a case.
WITH held AS (
  SELECT c.claim, b.account_hash FROM claims c JOIN bank_balance b USING (person_id)
  UNION SELECT c.claim, s.card_hash FROM claims c JOIN social_security_card s USING (person_id)),
died AS (SELECT c.claim, min(d.death_date) AS day FROM claims c JOIN deaths d USING (person_id) GROUP BY c.claim),
taken AS (
  SELECT h.claim, count(DISTINCT t.month) AS times, min(t.month) AS first, max(t.month) AS last
  FROM held h JOIN account_transaction_summary t USING (account_hash)
  WHERE t.post_death_withdrawal AND t.out_amount > 0 GROUP BY h.claim),
lawful AS (
  SELECT c.claim FROM claims c JOIN bank_balance b USING (person_id) WHERE b.account_flag = '共有'),
buried AS (
  SELECT c.claim FROM claims c JOIN funeral_cremation f ON f.deceased_id = c.person_id)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN died d USING (claim) JOIN taken t USING (claim)
WHERE t.first = c.month_from AND t.last = c.month_to AND CASE c.clearing_code
  WHEN '' THEN t.times >= 2 AND t.first > left(days_on(d.day, 30), 7) AND c.claim NOT IN (FROM lawful)
  WHEN 'X09' THEN t.first >= left(d.day, 7) AND t.last <= left(days_on(d.day, 30), 7)
    AND c.claim IN (FROM buried)
  WHEN 'X14' THEN t.times >= 2 AND t.first > left(days_on(d.day, 30), 7) AND c.claim IN (FROM lawful)
  ELSE false END;
