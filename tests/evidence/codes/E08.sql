-- E08 omitted co-resident (card E08).
-- Case: spouse or child of a member, in the dwelling or the hukou book for hh.coresidence_months, in
-- no row of the household, earning so that the household is over the line. X07: with that income it
-- stays under. X08: the person lives elsewhere (permit, marriage). X15: not together long enough, or
-- no income in the months.
WITH duration AS (SELECT CAST(value AS INTEGER) AS months FROM policy_parameters
  WHERE param = 'hh.coresidence_months'),
omitted AS (
  SELECT DISTINCT c.claim, c.person_id FROM claims c
  JOIN dibao_household_register r USING (household_id)
  JOIN hukou_population h ON h.person_id = c.person_id
  WHERE c.person_id NOT IN (SELECT person_id FROM members m WHERE m.household_id = c.household_id)
    AND EXISTS (FROM members m JOIN parents p ON (p.child, p.parent) IN
      ((c.person_id, m.person_id), (m.person_id, c.person_id)) WHERE m.household_id = c.household_id)
    AND (h.address_code = r.address_code OR h.hukou_book_no IN (SELECT k.hukou_book_no
      FROM members m JOIN hukou_population k USING (person_id) WHERE m.household_id = c.household_id))),
income AS (
  SELECT o.claim, coalesce(sum(w.income), 0) / 12 AS a_month, count(DISTINCT w.month) AS months
  FROM omitted o JOIN claims c USING (claim) LEFT JOIN wages w ON w.person_id = o.person_id
    AND w.kind = 'insured' AND w.month > later(c.month_to, -12) AND w.month <= c.month_to
  GROUP BY o.claim),
recomputed AS (
  SELECT m.claim, (0.9 * i.a_month + m.declared_pc * m.heads) / (m.heads + 1) > m.standard AS over
  FROM income i JOIN means m USING (claim)),
arrived AS (
  SELECT o.claim FROM omitted o JOIN claims c USING (claim)
  JOIN hukou_change h ON h.person_id = o.person_id AND h.change_type IN ('迁入', '并户'), duration d
  WHERE left(h.change_date, 7) > later(c.month_to, -d.months)),
elsewhere AS (
  SELECT o.claim FROM omitted o JOIN claims c USING (claim) JOIN residence_permit p
    ON p.person_id = o.person_id AND touches(p.from_date, p.to_date, c.month_from, c.month_to)
  UNION SELECT o.claim FROM omitted o JOIN marriages m ON m.person_id = o.person_id)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN omitted USING (claim)
JOIN recomputed r USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN r.over AND c.claim NOT IN (FROM elsewhere) AND c.claim NOT IN (FROM arrived)
  WHEN 'X07' THEN NOT r.over
  WHEN 'X08' THEN c.claim IN (FROM elsewhere)
  WHEN 'X15' THEN c.claim IN (FROM arrived)
  ELSE false END;
