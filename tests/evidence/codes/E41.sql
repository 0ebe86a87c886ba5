-- E41 miscalculated amount (card E41; exposure: contract §6).
-- Case: month by month the household is due (standard - declared income) for each member; the
-- absolute differences to what was paid add up to the amount, and each is over five per cent. X19: too
-- little, the amount, was paid at the time; later payments beside the regular ones make up for it.
WITH due AS (
  SELECT c.claim, p.month, sum(p.amount) AS paid,
    sum(p.amount) FILTER (left(p.pay_date, 7) <= p.month) AS in_time,
    any_value((s.standard - r.declared_income_pc)
    * (SELECT count(*) FROM members m WHERE m.household_id = c.household_id AND m.is_beneficiary
       AND left(m.added, 7) <= p.month AND left(m.removed, 7) >= p.month
       AND NOT EXISTS (FROM deaths d WHERE d.person_id = m.person_id
         AND left(d.death_date, 7) < p.month))) AS due
  FROM claims c JOIN claim_payments p USING (claim)
  JOIN dibao_household_register r ON r.household_id = c.household_id
  JOIN standards s ON s.urban_rural = r.urban_rural
    AND p.month || '-01' BETWEEN s.valid_from AND s.valid_to
  GROUP BY c.claim, p.month, c.household_id),
extra AS (
  SELECT c.claim, sum(p.amount) AS amount FROM claims c JOIN payments p USING (household_id)
  WHERE p.status = '成功' AND left(p.pay_date, 7) > c.month_to
    AND left(p.pay_date, 7) <= later(c.month_to, 6)
    AND NOT (p.month = left(p.pay_date, 7) AND p.pay_date = (SELECT min(q.pay_date) FROM payments q
      WHERE q.household_id = p.household_id AND q.month = p.month))
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN due d USING (claim) LEFT JOIN extra e USING (claim)
GROUP BY c.claim, c.amount, c.difficulty, c.clearing_code, e.amount
HAVING CASE c.clearing_code
  WHEN '' THEN abs(sum(abs(d.paid - d.due)) - c.amount) < 1 AND min(abs(d.paid - d.due) / d.due) > 0.05
    AND CASE WHEN c.difficulty LIKE 'under%' THEN bool_and(d.paid < d.due) ELSE bool_and(d.paid > d.due) END
  WHEN 'X19' THEN bool_and(d.in_time < d.due) AND abs(sum(d.due - d.in_time) - e.amount) < 1
    AND abs(sum(d.due - d.in_time) - c.amount) < 1
  ELSE false END;
