-- E12 tax-declared income (card E12).
-- Case: three months or two payers of declared income in twelve months, over the line. X01: misuse of
-- the identity found true. X06: it began within the grace.
WITH taxed AS (
  SELECT c.claim, sum(i.income) AS income, count(DISTINCT i.tax_month) AS months,
    count(DISTINCT i.payer_uscc) AS payers, min(i.tax_month) AS first
  FROM claims c JOIN individual_income_tax i USING (person_id)
  WHERE i.tax_month BETWEEN c.month_from AND c.month_to GROUP BY c.claim),
misused AS (SELECT c.claim FROM claims c JOIN hotline_ticket h ON h.subject_person_id = c.person_id
  WHERE (h.topic LIKE '%冒%' OR h.topic LIKE '%盗用%') AND h.result = '属实')
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim) JOIN taxed t USING (claim)
WHERE (t.months >= 3 OR t.payers >= 2) AND CASE c.clearing_code
  WHEN '' THEN (0.9 * t.income / t.months + declared_pc * heads) / heads > standard
    AND c.claim NOT IN (FROM misused)
  WHEN 'X01' THEN c.claim IN (FROM misused)
  WHEN 'X06' THEN later(t.first, 6) > c.month_to
  ELSE false END;
