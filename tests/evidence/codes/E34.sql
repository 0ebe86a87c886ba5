-- E34 farmland and forest income (card E34).
-- Case: rent of let land, dividends, forest and expropriation money of a year, a month and head, over a
-- tenth of the standard, and more than what is declared. X05: it is within the declared income.
-- X18: a tenth of the standard at most.
WITH income AS (
  SELECT c.claim, sum(x.a_year) / 12 AS a_month, sum(x.a_year) FILTER (x.kind = 'rent') / 12 AS rent
  FROM claims c JOIN members m USING (household_id) JOIN (
    SELECT lessor_id AS person_id, area_mu * rent_per_mu AS a_year, 'rent' AS kind, from_date AS day,
      to_date AS until FROM farmland_transfer
    UNION ALL SELECT person_id, amount, 'land', pay_date, days_on(pay_date, 365)
    FROM land_expropriation_compensation
    UNION ALL SELECT holder_id, max(amount), 'forest', min(year)::INTEGER || '-01-01', NULL
    FROM forest_rights_compensation GROUP BY holder_id
    UNION ALL SELECT person_id, max(amount), 'dividend', min(pay_date), NULL
    FROM collective_dividend GROUP BY person_id) x
  ON x.person_id = m.person_id AND touches(x.day, x.until, c.month_to, c.month_to)
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim)
JOIN income i USING (claim)
WHERE i.a_month > 0 AND CASE c.clearing_code
  WHEN '' THEN i.a_month > 0.1 * standard * heads AND i.a_month > declared_pc * heads
  WHEN 'X05' THEN i.a_month > 0.1 * standard * heads AND i.rent <= declared_pc * heads + 1
  WHEN 'X18' THEN i.a_month <= 0.1 * standard * heads
  ELSE false END;
