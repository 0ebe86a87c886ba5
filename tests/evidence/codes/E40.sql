-- E40 lapsed disability or illness basis (card E40; months: contract §6).
-- Case: the certificate expired or was cancelled before the first month, there is no newer one, and
-- the subsidy ran on. X19: what was paid has come back. X23: a renewal was applied for before the
-- expiry or in its month, and is undecided.
WITH lapsed AS (
  SELECT c.claim, max(d.valid_to) AS valid_to FROM claims c
  JOIN disability_certificate d USING (person_id)
  GROUP BY c.claim, c.month_from HAVING left(max(d.valid_to), 7) < c.month_from
    OR bool_and(d.status <> '有效')),
returned AS (
  SELECT p.claim FROM claim_payments p LEFT JOIN payments b
    ON b.payee_id = p.payee_id AND b.programme = p.programme AND b.month = p.month
    AND (b.status = '退回' OR b.amount = -p.amount)
  GROUP BY p.claim HAVING bool_and(b.payee_id IS NOT NULL)),
pending AS (
  SELECT c.claim FROM claims c JOIN lapsed l USING (claim) JOIN assistance_case_history h
    ON list_contains(h.person_ids, c.person_id) AND h.event = '申请' AND h.reason_code LIKE '%换证%'
  WHERE left(h.event_date, 7) <= left(l.valid_to, 7) AND NOT EXISTS (
    FROM assistance_case_history d WHERE d.case_id = h.case_id AND d.event <> '申请'))
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN lapsed l USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN c.month_from = later(left(l.valid_to, 7), 1) AND c.claim NOT IN (FROM returned)
    AND c.claim NOT IN (FROM pending)
  WHEN 'X19' THEN c.claim IN (FROM returned)
  WHEN 'X23' THEN c.claim IN (FROM pending)
  ELSE false END;
