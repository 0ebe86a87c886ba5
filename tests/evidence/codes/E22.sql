-- E22 company or business (card E22).
-- Case: a member is legal representative, holder, executive or operator of a company in being, which
-- shows operating evidence in the months: revenue, employees, or purchases of a tobacco licence.
-- X05: business income is declared. X12: zero filings for twelve months, or revoked, or no evidence at
-- all. X18: a share of five per cent at most and no office.
WITH roles AS (
  SELECT uscc, legal_rep_id AS person_id, NULL AS ratio, 'rep' AS role FROM enterprise_registration
  UNION ALL SELECT uscc, operator_id, NULL, 'operator' FROM individual_business
  UNION ALL SELECT company_uscc, person_id, NULL, 'executive' FROM executives WHERE to_date IS NULL
  UNION ALL SELECT company_uscc, holder_id, ratio, 'holder' FROM shareholders WHERE to_date IS NULL),
own AS (
  SELECT c.claim, r.uscc, r.role, r.ratio, m.person_id FROM claims c JOIN members m USING (household_id)
  JOIN roles r ON r.person_id = m.person_id),
being AS (
  SELECT uscc, status, 0 AS employees FROM enterprise_registration
  UNION ALL SELECT uscc, status, employees FROM individual_business),
filed AS (
  SELECT o.claim, o.uscc, coalesce(sum(t.revenue) FILTER (t.period > later(c.month_to, -12)), 0) AS late,
    coalesce(sum(t.revenue), 0) AS revenue, count(*) AS filings, sum(t.profit) AS profit
  FROM own o JOIN claims c USING (claim) JOIN enterprise_tax_filing t ON t.uscc = o.uscc
    AND t.period BETWEEN c.month_from AND c.month_to GROUP BY ALL),
works AS (
  SELECT o.claim, o.uscc FROM own o JOIN being b USING (uscc)
  LEFT JOIN filed f ON f.claim = o.claim AND f.uscc = o.uscc
  WHERE b.status = '存续' AND (f.revenue > 0 OR b.employees > 0 OR EXISTS (
    FROM tobacco_retail_licence t WHERE t.holder_id = o.person_id AND t.monthly_purchase > 0))),
dead AS (
  SELECT o.claim FROM own o JOIN being b USING (uscc)
  LEFT JOIN filed f ON f.claim = o.claim AND f.uscc = o.uscc
  WHERE b.status <> '存续' OR coalesce(f.late, 0) = 0),
declared AS (
  SELECT claim, max(l.business_net) AS a_year FROM household_people p
  JOIN poverty_archive a ON list_contains(a.members, p.person_id)
  JOIN household_income_ledger l ON l.archive_no = a.archive_no GROUP BY claim),
told AS (SELECT c.claim, m.declared_income FROM claims c JOIN dibao_member_register m
  ON m.household_id = c.household_id AND m.person_id = c.person_id)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN own o USING (claim)
LEFT JOIN filed f ON f.claim = o.claim AND f.uscc = o.uscc
LEFT JOIN declared d ON d.claim = c.claim LEFT JOIN told t ON t.claim = c.claim
WHERE CASE c.clearing_code
  WHEN '' THEN (c.claim, o.uscc) IN (SELECT (claim, uscc) FROM works)
    AND (o.role <> 'holder' OR o.ratio > 0.05)
  WHEN 'X05' THEN (c.claim, o.uscc) IN (SELECT (claim, uscc) FROM works)
    AND f.profit > 0 AND t.declared_income >= 0.8 * f.profit / f.filings / 3
  WHEN 'X12' THEN c.claim IN (FROM dead) AND c.claim NOT IN (SELECT claim FROM works)
  WHEN 'X18' THEN o.role = 'holder' AND o.ratio <= 0.05
    AND NOT EXISTS (FROM own w WHERE w.claim = c.claim AND w.role <> 'holder')
  ELSE false END;
