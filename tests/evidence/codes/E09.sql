-- E09 public payroll member (card E09).
-- Case: a member is paid in post by a public unit in every month of the claim, and the household is
-- over the line. X05: the pay is among the declared income. X06: it began less than grace.placed ago.
-- X15: it ended before the months. X17: public-welfare post or ranger. X24: allowance of bereaved.
WITH posts AS (
  SELECT person_id, post_type AS post, monthly, from_month, to_month FROM public_payroll
  UNION ALL SELECT person_id, '村干部', monthly, from_month, to_month FROM village_cadre_pay),
own AS (
  SELECT c.claim, p.* FROM claims c JOIN members m USING (household_id)
  JOIN posts p ON p.person_id = m.person_id
  WHERE m.person_id = c.person_id),
covering AS (
  SELECT o.* FROM own o JOIN claims c USING (claim) WHERE o.from_month <= c.month_from
    AND coalesce(o.to_month, '9999-12') >= c.month_to),
declared AS (
  SELECT c.claim, max(m.declared_income) AS amount FROM claims c JOIN dibao_member_register m
    ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim),
grace AS (SELECT max(CAST(value AS INTEGER)) AS months FROM policy_parameters
  WHERE param LIKE 'grace.%')
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim)
LEFT JOIN covering o USING (claim) LEFT JOIN declared d USING (claim), grace g
WHERE CASE c.clearing_code
  WHEN '' THEN o.post IN ('在编', '退休', '编外', '村干部')
    AND (0.9 * o.monthly + declared_pc * heads - d.amount) / heads > standard
    AND d.amount < o.monthly / 2
  WHEN 'X05' THEN o.post IN ('在编', '退休', '编外', '村干部') AND d.amount >= 0.9 * o.monthly
  WHEN 'X06' THEN o.post IN ('在编', '退休', '编外', '村干部')
    AND later(o.from_month, g.months) > c.month_to
  WHEN 'X15' THEN EXISTS (FROM own w WHERE w.claim = c.claim AND w.to_month < c.month_from)
    AND o.post IS NULL
  WHEN 'X17' THEN EXISTS (FROM public_welfare_post p WHERE p.person_id = c.person_id
      AND touches(p.from_month, p.to_month, c.month_from, c.month_to))
    OR EXISTS (FROM ecological_ranger e WHERE e.person_id = c.person_id
      AND e.from_year <= CAST(left(c.month_to, 4) AS INTEGER))
  WHEN 'X24' THEN o.post = '遗属'
  ELSE false END;
