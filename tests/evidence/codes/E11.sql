-- E11 wage implied by the provident fund (card E11).
-- Case: contributions run through the months, the wage they imply is over 1.5 minimum wages or lifts
-- the household over the line. X05: the wage is declared. X15: the account was sealed, or the last
-- contribution lies before the months.
WITH funds AS (
  SELECT c.claim, f.*, coalesce(f.base, f.monthly / 2 / CASE WHEN f.rate > 1 THEN f.rate / 100
    ELSE f.rate END) AS wage
  FROM claims c JOIN members m USING (household_id)
  JOIN provident_fund_contribution_sent f ON f.person_id = m.person_id
  WHERE m.person_id = c.person_id),
declared AS (
  SELECT c.claim, max(m.declared_income) AS amount FROM claims c JOIN dibao_member_register m
    ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim),
least AS (SELECT value AS wage, valid_from, coalesce(valid_to, '9999-12-31') AS valid_to
  FROM policy_parameters WHERE param = 'wage.minimum_month')
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN funds f USING (claim)
JOIN means USING (claim) JOIN declared d USING (claim)
JOIN least l ON c.month_to || '-01' BETWEEN l.valid_from AND l.valid_to
WHERE CASE c.clearing_code
  WHEN '' THEN f.status = '正常' AND f.last_month >= c.month_to
    AND coalesce(f.first_month, '0000-00') <= c.month_from AND d.amount < f.wage / 2
    AND (f.wage > 1.5 * l.wage OR (0.9 * f.wage + declared_pc * heads - d.amount) / heads > standard)
  WHEN 'X05' THEN f.last_month >= c.month_to AND d.amount >= 0.8 * f.wage
  WHEN 'X15' THEN (f.status = '封存' OR f.last_month < c.month_from) AND f.last_month < c.month_to
    AND NOT EXISTS (FROM funds g WHERE g.claim = c.claim AND g.last_month >= c.month_to)
  ELSE false END;
