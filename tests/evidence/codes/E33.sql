-- E33 shared account (card E33).
-- Case: in a month of the claim the account got money for three payees of three households at least,
-- who are no kin to the second degree, none guardian of another. X14: the account is that of the
-- institution in which all who share it live, or of kin or guardian of each.
WITH shared AS (
  SELECT DISTINCT q.claim, p.account_hash, p.payee_id, p.account_name, q.payee_id AS own
  FROM claim_payments q JOIN payments p ON p.account_hash = q.account_hash AND p.month = q.month
    AND p.status = '成功'),
kin AS (
  SELECT s.claim, s.payee_id FROM shared s JOIN relatives r ON r.claim = s.claim
    AND r.person_id = s.payee_id AND r.degree <= 2
  UNION SELECT s.claim, s.payee_id FROM shared s JOIN orphan_child_register o
    ON (o.child_id, o.guardian_id) IN ((s.payee_id, s.own), (s.own, s.payee_id))
  UNION SELECT s.claim, s.payee_id FROM shared s JOIN severe_mental_disorder o
    ON (o.person_id, o.guardian_id) IN ((s.payee_id, s.own), (s.own, s.payee_id))),
sharers AS (
  SELECT s.claim, count(DISTINCT s.payee_id) AS people, count(DISTINCT s.payee_id) FILTER (
    s.payee_id <> s.own AND (s.claim, s.payee_id) NOT IN (SELECT (claim, payee_id) FROM kin)) AS strangers
  FROM shared s GROUP BY s.claim),
housed AS (
  SELECT s.claim FROM shared s JOIN tekun_register t ON t.person_id = s.payee_id
    AND t.support_mode = '集中' AND t.institution_id IS NOT NULL
  GROUP BY s.claim HAVING count(DISTINCT t.institution_id) = 1
    AND count(DISTINCT s.payee_id) = (SELECT count(DISTINCT a.payee_id) FROM shared a
      WHERE a.claim = s.claim)),
named AS (SELECT claim FROM shared WHERE account_name LIKE '%院%' OR account_name LIKE '%中心%')
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN sharers s USING (claim)
WHERE s.people >= 3 AND CASE c.clearing_code
  WHEN '' THEN s.strangers >= 2 AND c.claim NOT IN (FROM housed)
  WHEN 'X14' THEN s.strangers = 0 OR (c.claim IN (FROM housed) AND c.claim IN (FROM named))
  ELSE false END;
