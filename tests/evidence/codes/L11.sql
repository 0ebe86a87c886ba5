-- L11 child of a prisoner (card L11).
-- Case: a parent is inside for six months at least and still at the end; the other parent earns nothing
-- that an office knows of, and the household is in no register. Lookalike: the other parent earns, or a
-- register lists the household, or help came, or the parent serves at home (community correction).
WITH inside AS (
  SELECT person_id, term_from AS since, coalesce(actual_release, term_to) AS until FROM prison_inmates
  UNION ALL SELECT person_id, from_date, to_date FROM detention_detox),
held AS (
  SELECT c.claim, p.parent, i.since FROM claims c JOIN parents p ON p.child = c.person_id
  JOIN inside i ON i.person_id = p.parent
  WHERE coalesce(i.until, '9999') >= days_on(i.since, 180) AND left(coalesce(i.until, '9999-12'), 7) >= c.month_to
    AND left(i.since, 7) <= c.month_from),
other AS (
  SELECT h.claim FROM held h JOIN claims c USING (claim) JOIN parents p ON p.child = c.person_id
    AND p.parent <> h.parent
  WHERE EXISTS (FROM wages w WHERE w.person_id = p.parent AND w.month BETWEEN c.month_from AND c.month_to)
    OR EXISTS (FROM public_payroll w WHERE w.person_id = p.parent
      AND touches(w.from_month, w.to_month, c.month_to, c.month_to))
    OR EXISTS (FROM migrant_wage_payment w WHERE w.person_id = p.parent AND w.pay_month >= c.month_from)),
met AS (
  SELECT claim FROM other UNION SELECT claim FROM covered
  UNION SELECT h.claim FROM held h JOIN aid a ON a.claim = h.claim AND a.day >= h.since),
at_home AS (
  SELECT c.claim FROM claims c JOIN parents p ON p.child = c.person_id
  JOIN community_correction k ON k.person_id = p.parent
    AND touches(k.from_date, k.to_date, c.month_from, c.month_to))
SELECT DISTINCT claim FROM claims c LEFT JOIN held h USING (claim)
WHERE age_in(c.person_id, c.month_to) < 18 AND CASE c.role
  WHEN 'case' THEN h.parent IS NOT NULL AND claim NOT IN (FROM met)
  ELSE (h.parent IS NOT NULL AND claim IN (FROM met)) OR claim IN (FROM at_home) END;
