-- E14 migrant wages (card E14).
-- Case: project wages in four months of twelve at least, the mean over the minimum wage, and over the
-- line for the household. X01: misuse of the identity found true. X07: under the line after
-- deductions. X09: the foreman collects for the crew.
WITH pay AS (
  SELECT c.claim, avg(w.gross) AS gross, count(DISTINCT w.pay_month) AS months, sum(w.gross) AS total,
    max(w.gross) AS most FROM claims c JOIN migrant_wage_payment w USING (person_id)
  WHERE w.pay_month BETWEEN c.month_from AND c.month_to GROUP BY c.claim),
least AS (SELECT value AS wage FROM policy_parameters
  WHERE param = 'wage.minimum_month' AND valid_to IS NULL),
misused AS (SELECT c.claim FROM claims c JOIN hotline_ticket h ON h.subject_person_id = c.person_id
  WHERE h.topic LIKE '%冒%' AND h.result = '属实')
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim) JOIN pay p USING (claim),
  least l
WHERE CASE c.clearing_code
  WHEN '' THEN p.months >= 4 AND p.gross >= l.wage AND c.claim NOT IN (FROM misused)
    AND (0.9 * p.gross * least(p.months, 12) / 12 + declared_pc * heads) / heads > standard
  WHEN 'X01' THEN c.claim IN (FROM misused)
  WHEN 'X07' THEN (0.9 * p.total / greatest(12, p.months) + declared_pc * heads) / heads <= standard
  WHEN 'X09' THEN p.most >= 5 * l.wage
  ELSE false END;
