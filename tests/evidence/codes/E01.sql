-- E01 deceased still paid (card E01; months: contract §6).
-- Case: a death source names the person; what was paid begins later than the month of death and the
-- grace, and adds up. X03: the number is the person's, the name another's, and police still lists
-- the person. X15: all payments end within the grace. X19: every payment came back.
WITH grace AS (SELECT CAST(value AS INTEGER) AS months FROM policy_parameters
  WHERE param = 'death.grace_m'),
own_names AS (
  SELECT person_id, name FROM hukou_population_sent
  UNION SELECT person_id, name FROM dibao_member_register_sent
  UNION SELECT person_id, name FROM tekun_register_sent),
told AS (
  SELECT c.claim, d.death_date, d.source,
    (n.name IS NULL OR d.name IS NULL OR d.name = n.name) AS same_name
  FROM claims c JOIN deaths d ON d.person_id = c.person_id
  LEFT JOIN own_names n ON n.person_id = c.person_id),
returned AS (
  SELECT p.claim FROM claim_payments p LEFT JOIN payments b
    ON b.payee_id = p.payee_id AND b.programme = p.programme AND b.month = p.month
    AND ((b.status = '退回' AND b.amount = p.amount AND b.reverses = p.payment_no)
      OR b.amount = -p.amount)
  GROUP BY p.claim HAVING bool_and(b.payee_id IS NOT NULL))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN told t USING (claim), grace g
WHERE CASE c.clearing_code
  WHEN 'X03' THEN NOT t.same_name AND c.month_from > left(t.death_date, 7)
    AND EXISTS (FROM hukou_population h WHERE h.person_id = c.person_id
      AND coalesce(h.status, '正常') = '正常')
  WHEN 'X15' THEN t.same_name AND c.month_to <= later(left(t.death_date, 7), g.months)
    AND NOT EXISTS (FROM payments p JOIN programmes r ON r.programme = p.programme
      WHERE r.register = c.register AND p.month > c.month_to
        AND coalesce(p.household_id, p.payee_id)
          = CASE WHEN c.household_id LIKE 'person:%' THEN c.person_id ELSE c.household_id END)
  WHEN 'X19' THEN t.same_name AND c.month_from > left(t.death_date, 7)
    AND c.claim IN (FROM returned)
  WHEN '' THEN t.same_name AND c.month_from > later(left(t.death_date, 7), g.months)
  ELSE false END;
