-- E24 nominee shareholder (card E24).
-- Case: three companies at least share a phone, were set up on one day, and have two recipients at least
-- as legal representatives; the person is one of them, and nobody withdrew the registration. X01: the
-- same, but the registration in this person's name was withdrawn as an identity misused.
WITH recipients AS (
  SELECT DISTINCT m.person_id FROM members m JOIN dibao_household_register r USING (household_id)),
circles AS (
  SELECT e.phone, e.setup_date FROM enterprise_registration e
  WHERE e.phone IS NOT NULL GROUP BY e.phone, e.setup_date
  HAVING count(DISTINCT e.uscc) >= 3 AND count(DISTINCT e.legal_rep_id) FILTER (
    e.legal_rep_id IN (SELECT person_id FROM recipients)) >= 2),
own AS (
  SELECT c.claim, count(DISTINCT e.uscc) AS companies, count(DISTINCT x.uscc) AS withdrawn,
    min(e.setup_date) AS day, max(x.change_date) AS end
  FROM claims c JOIN enterprise_registration e ON e.legal_rep_id = c.person_id
  JOIN circles USING (phone, setup_date)
  LEFT JOIN registration_changes x ON x.uscc = e.uscc AND x.item = '撤销冒名登记'
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN own o USING (claim)
WHERE left(o.day, 7) <= c.month_from AND CASE c.clearing_code
  WHEN '' THEN o.withdrawn = 0
  WHEN 'X01' THEN o.withdrawn = o.companies
  ELSE false END;
