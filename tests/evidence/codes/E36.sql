-- E36 scale farming (card E36).
-- Case: a member rents in more than 50 mu, keeps a herd, insures much on an own policy, or leads a
-- co-operative. X09: the policy is the village's in one name. X12: a nominal member of a
-- co-operative.
WITH rented AS (
  SELECT c.claim, sum(f.area_mu) AS mu FROM claims c JOIN members m USING (household_id)
  JOIN farmland_transfer f ON f.lessee_id = m.person_id
    AND touches(f.from_date, f.to_date, c.month_from, c.month_from) GROUP BY c.claim),
herds AS (
  SELECT c.claim FROM claims c JOIN members m USING (household_id)
  JOIN livestock_register l ON l.owner_id = m.person_id
  WHERE l.head_count >= CASE WHEN l.species LIKE '%牛%' THEN 20 WHEN l.species LIKE '%羊%' THEN 100
    WHEN l.species LIKE '%猪%' THEN 100 ELSE 2000 END),
insured AS (
  SELECT c.claim, bool_and(coalesce(i.group_policy, false)) AS in_group, max(i.quantity) AS quantity
  FROM claims c JOIN members m USING (household_id)
  JOIN agricultural_insurance i ON i.insured_id = m.person_id WHERE i.quantity > 50 GROUP BY c.claim),
coop AS (
  SELECT c.claim, bool_or(k.role <> '成员' OR k.contribution > 0) AS is_active FROM claims c
  JOIN members m USING (household_id)
  JOIN farmer_cooperative_members k ON k.member_id = m.person_id GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) LEFT JOIN rented r USING (claim)
LEFT JOIN insured i USING (claim) LEFT JOIN coop k USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN r.mu > 50 OR c.claim IN (FROM herds) OR (i.quantity > 50 AND NOT i.in_group)
    OR k.is_active
  WHEN 'X09' THEN i.in_group AND coalesce(r.mu, 0) <= 50
  WHEN 'X12' THEN NOT k.is_active AND coalesce(r.mu, 0) <= 50
  ELSE false END;
