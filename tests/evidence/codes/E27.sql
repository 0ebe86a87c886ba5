-- E27 commercial premiums (card E27).
-- Case: premiums of a year over 10,000, paid from an account of the household. X13: the payer's account
-- belongs to nobody of the household; the policy may insure a member only.
WITH own AS (
  SELECT c.claim, sum(i.annual_premium) AS premium, list(i.payer_account_hash) AS payers FROM claims c
  JOIN members m USING (household_id) JOIN commercial_life_insurance i ON m.person_id IN (i.holder_id, i.insured_id)
  WHERE i.annual_premium > 1000 GROUP BY c.claim),
accounts AS (
  SELECT c.claim, b.account_hash FROM claims c JOIN members m USING (household_id)
  JOIN bank_balance b ON b.person_id = m.person_id
  UNION SELECT c.claim, b.card_hash FROM claims c JOIN members m USING (household_id)
  JOIN social_security_card b ON b.person_id = m.person_id
  UNION SELECT claim, account_hash FROM claim_payments)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN own o USING (claim)
WHERE o.premium > 10000 AND (c.clearing_code = 'X13') = NOT EXISTS (FROM accounts a
  WHERE a.claim = c.claim AND list_contains(o.payers, a.account_hash));
