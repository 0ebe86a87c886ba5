-- E23 control through chains (card E23).
-- Case: through holdings, five steps at most, the person reaches a company with more than 500,000 a
-- year: by a product of ratios of 25 per cent, or by half at each step, or together with kin to the
-- second degree by half with an office of the person. X11: only a small share at the end. X12: the
-- company at the end has no revenue or is no longer in being.
WITH RECURSIVE chain(claim, company, product, least, hops) AS (
  SELECT c.claim, s.company_uscc, CAST(s.ratio AS DOUBLE), CAST(s.ratio AS DOUBLE), 1 FROM claims c
  JOIN shareholders s ON s.holder_id = c.person_id AND s.to_date IS NULL
  UNION SELECT k.claim, s.company_uscc, k.product * s.ratio, least(k.least, s.ratio), k.hops + 1
  FROM chain k JOIN shareholders s ON s.holder_id = k.company AND s.to_date IS NULL
  WHERE k.hops < 5),
revenue AS (
  SELECT t.uscc, max(y) AS a_year FROM (SELECT uscc, left(period, 4) AS year, sum(revenue) AS y
    FROM enterprise_tax_filing GROUP BY ALL) t GROUP BY t.uscc),
alive AS (SELECT uscc FROM enterprise_registration WHERE status = '存续'),
ends AS (
  SELECT k.*, coalesce(r.a_year, 0) AS a_year, k.company IN (FROM alive) AS alive FROM chain k
  LEFT JOIN revenue r ON r.uscc = k.company),
concert AS (
  SELECT e.claim, e.company FROM ends e JOIN shareholders s ON s.company_uscc = e.company
  JOIN relatives r ON r.claim = e.claim AND r.person_id = s.holder_id AND r.degree <= 2
  JOIN claims c ON c.claim = e.claim
  WHERE EXISTS (FROM executives x WHERE x.company_uscc = e.company AND x.person_id = c.person_id)
    OR EXISTS (FROM enterprise_registration g WHERE g.uscc = e.company
      AND g.legal_rep_id = c.person_id)
  GROUP BY ALL HAVING sum(s.ratio) >= 0.5),
controlled AS (
  SELECT * FROM ends WHERE product >= 0.25 OR least > 0.5 UNION
  SELECT e.* FROM ends e JOIN concert k ON k.claim = e.claim AND k.company = e.company)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN ends e USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN EXISTS (FROM controlled k WHERE k.claim = c.claim AND k.a_year > 500000 AND k.alive
    AND (c.difficulty = 'concert' OR left(c.difficulty, 1) = k.hops::VARCHAR))
  WHEN 'X11' THEN e.a_year > 500000 AND NOT EXISTS (FROM controlled k WHERE k.claim = c.claim
    AND k.a_year > 500000)
  WHEN 'X12' THEN EXISTS (FROM controlled k WHERE k.claim = c.claim AND k.hops > 1)
    AND NOT EXISTS (FROM controlled k WHERE k.claim = c.claim AND k.a_year > 0 AND k.alive)
  ELSE false END;
