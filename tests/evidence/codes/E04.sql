-- E04 mutually exclusive benefits (card E04 and its matrix).
-- Case: two benefits that exclude each other were both paid in every month of the claim, two months
-- at least. X15: one month only, that of the change. X19: what was paid has come back.
WITH matrix(one, other) AS (VALUES
  ('特困', '低保'), ('特困', '孤儿'), ('特困', '残疾'), ('孤儿', '困难残疾'), ('工伤护理', '残疾')),
kinds(programme, kind) AS (VALUES
  ('特困供养', '特困'), ('城市低保', '低保'), ('农村低保', '低保'), ('孤儿基本生活费', '孤儿'),
  ('困难残疾人生活补贴', '残疾'), ('重度残疾人护理补贴', '残疾'), ('困难残疾人生活补贴', '困难残疾')),
drawn AS (
  SELECT c.claim, k.kind, p.month FROM claims c
  JOIN payments p ON p.payee_id = c.person_id OR (p.household_id = c.household_id
    AND EXISTS (FROM members m WHERE m.household_id = c.household_id
      AND m.person_id = c.person_id AND left(m.removed, 7) >= p.month))
  JOIN kinds k ON k.programme = p.programme
  WHERE p.status = '成功' AND p.amount > 0 AND p.month BETWEEN c.month_from AND c.month_to
  UNION SELECT c.claim, '工伤护理', q.month FROM claims c JOIN claim_payments q USING (claim)
  JOIN work_injury_benefit w ON w.person_id = c.person_id AND w.care > 0
    AND left(w.injury_date, 7) <= q.month),
shared_months AS (
  SELECT a.claim, count(DISTINCT a.month) AS months FROM drawn a
  JOIN matrix m ON m.one = a.kind JOIN drawn b ON b.claim = a.claim AND b.month = a.month
    AND b.kind = m.other GROUP BY a.claim),
returned AS (
  SELECT p.claim FROM claim_payments p LEFT JOIN payments b
    ON b.payee_id = p.payee_id AND b.programme = p.programme AND b.month = p.month
    AND (b.status = '退回' OR b.amount = -p.amount)
  GROUP BY p.claim HAVING bool_and(b.payee_id IS NOT NULL))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN shared_months o USING (claim)
WHERE o.months = (SELECT count(DISTINCT q.month) FROM claim_payments q WHERE q.claim = c.claim)
  AND CASE c.clearing_code
    WHEN '' THEN o.months >= 2 AND c.claim NOT IN (FROM returned)
    WHEN 'X15' THEN o.months = 1
    WHEN 'X19' THEN c.claim IN (FROM returned)
    ELSE false END;
