-- E30 obligor capacity (card E30, formula F30 of §1.5).
-- Case: grown children of a member who live apart (hukou or own meter elsewhere) earn, with their spouses and minor children, so much
-- over the edge line that 30 % of it is a fifth of the household's line at least and takes it over the line
-- with what is declared; no court fixed a sum, no child was adopted by others. X05: a court fixed the
-- child's sum before the months, and the parent declares it. X08: the children who could pay were adopted
-- by somebody else, the others could not.
WITH income AS (
  SELECT w.person_id, w.month, max(w.income) AS income FROM (
    SELECT person_id, month, kind, sum(income) AS income FROM (
      SELECT DISTINCT person_id, month, kind, payer, income FROM wages)
    GROUP BY person_id, month, kind) w GROUP BY w.person_id, w.month),
obligors AS (
  SELECT DISTINCT c.claim, p.child FROM claims c JOIN members m USING (household_id)
  JOIN parents p ON p.parent = m.person_id JOIN dibao_household_register r USING (household_id)
  JOIN hukou_population h ON h.person_id = p.child
  WHERE left(m.removed, 7) >= c.month_to AND age_in(p.child, c.month_from) >= 18
    AND (h.address_code IS DISTINCT FROM r.address_code OR EXISTS (FROM electricity_usage e
      WHERE e.account_holder = p.child AND e.address_code IS DISTINCT FROM r.address_code))
    AND p.child NOT IN (SELECT person_id FROM members n WHERE n.household_id = c.household_id)),
homes AS (
  SELECT o.claim, o.child, o.child AS person_id FROM obligors o
  UNION SELECT o.claim, o.child, k.spouse FROM obligors o JOIN couples k ON k.person_id = o.child
  UNION SELECT o.claim, o.child, p.child FROM obligors o JOIN claims c USING (claim)
    JOIN parents p ON p.parent = o.child WHERE age_in(p.child, c.month_to) < 18),
means_of_child AS (
  SELECT h.claim, h.child, count(DISTINCT h.person_id) AS size,
    coalesce(sum(i.income), 0) / (date_diff('month', CAST(c.month_from || '-01' AS DATE),
      CAST(c.month_to || '-01' AS DATE)) + 1) AS a_month
  FROM homes h JOIN claims c USING (claim) LEFT JOIN income i ON i.person_id = h.person_id
    AND i.month BETWEEN c.month_from AND c.month_to
  GROUP BY h.claim, h.child, c.month_from, c.month_to),
rates AS (SELECT (SELECT value FROM policy_parameters WHERE param = 'edge.multiple') AS edge,
  (SELECT value FROM policy_parameters WHERE param = 'obligor.rate') AS rate),
adopted AS (
  SELECT o.claim, o.child FROM obligors o JOIN claims c USING (claim)
  JOIN adoption_registration a ON a.adoptee_id = o.child
  WHERE a.dissolved_date IS NULL AND left(a.adoption_date, 7) < c.month_from
    AND NOT list_contains(a.adopter_ids, c.person_id)),
support AS (
  SELECT m.claim, m.child, greatest(0, m.a_month - r.edge * n.standard * m.size) * r.rate AS sum,
    (m.claim, m.child) IN (FROM adopted) AS is_adopted
  FROM means_of_child m JOIN means n USING (claim), rates r),
imputed AS (
  SELECT s.claim, sum(s.sum) AS whole, coalesce(sum(s.sum) FILTER (NOT s.is_adopted), 0) AS owed
  FROM support s GROUP BY s.claim),
tested AS (
  SELECT i.claim,
    i.whole >= 0.2 * n.standard * n.heads AND n.declared_pc + i.whole / n.heads > n.standard AS is_hit,
    i.owed >= 0.2 * n.standard * n.heads AND n.declared_pc + i.owed / n.heads > n.standard AS is_owed
  FROM imputed i JOIN means n USING (claim)),
fixed AS (
  SELECT c.claim, j.alimony FROM claims c JOIN obligors o USING (claim)
  JOIN court_divorce_judgments j ON j.type = '赡养' AND j.payer_id = o.child AND j.payee_id = c.person_id
  WHERE left(j.effective, 7) <= c.month_from),
declared AS (
  SELECT c.claim, max(m.declared_income) AS income FROM claims c
  JOIN members m ON m.household_id = c.household_id AND m.person_id = c.person_id GROUP BY c.claim)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN tested t USING (claim)
JOIN declared d USING (claim) LEFT JOIN fixed f USING (claim)
WHERE t.is_hit AND CASE c.clearing_code
  WHEN '' THEN t.is_owed AND f.claim IS NULL
  WHEN 'X05' THEN f.alimony <= d.income
  WHEN 'X08' THEN NOT t.is_owed
  ELSE false END;
