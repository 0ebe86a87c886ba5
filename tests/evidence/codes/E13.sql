-- E13 undeclared employee pension (card E13).
-- Case: an employee pension runs through the months, is not among the declared income and lifts the
-- household over the line. X05: it is declared. X06: it began within the grace for pensions.
-- X24: it is an allowance of bereaved families.
WITH pensions AS (
  SELECT person_id, amount, start_month AS since, stop_month AS until, '养老金' AS kind
  FROM employee_pension_payment
  UNION ALL SELECT person_id, monthly, from_month, to_month, post_type FROM public_payroll
  WHERE post_type IN ('退休', '遗属')),
own AS (
  SELECT c.claim, p.* FROM claims c JOIN pensions p USING (person_id)
  WHERE touches(p.since, p.until, c.month_from, c.month_to)),
declared AS (
  SELECT c.claim, max(m.declared_income) AS amount FROM claims c JOIN dibao_member_register m
    ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim),
grace AS (SELECT CAST(value AS INTEGER) AS months FROM policy_parameters
  WHERE param = 'grace.pension_m')
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim)
JOIN own o USING (claim) JOIN declared d USING (claim), grace g
WHERE CASE c.clearing_code
  WHEN '' THEN o.kind <> '遗属' AND d.amount < o.amount / 2 AND o.since <= c.month_from
    AND (o.amount + declared_pc * heads - d.amount) / heads > standard
  WHEN 'X05' THEN o.kind <> '遗属' AND d.amount >= 0.9 * o.amount
  WHEN 'X06' THEN o.kind <> '遗属' AND later(o.since, g.months) > c.month_to
  WHEN 'X24' THEN o.kind = '遗属'
  ELSE false END;
