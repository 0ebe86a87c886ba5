-- E31 unfiled relatives of officials (card E31; degree: contract §6).
-- Case: an official in office, by the roster or as the handler's login, is kin to the third degree of
-- the person, and this kinship is not filed. X22: a kinship with an official in office is filed, in force and
-- reviewed, before or when the months begin; the filing itself tells of the kinship.
-- No clearing code: no official is kin to the third degree, and nothing is filed.
WITH officials AS (
  SELECT DISTINCT person_id, from_date, to_date FROM village_committee_roster),
unfiled AS (
  SELECT DISTINCT c.claim FROM claims c JOIN relatives r USING (claim)
  JOIN officials o ON o.person_id = r.person_id
    AND touches(o.from_date, o.to_date, c.month_from, c.month_to)
  WHERE r.degree <= 3 AND r.person_id <> c.person_id AND NOT EXISTS (FROM kin_filing k
    JOIN members m ON m.person_id = k.relative_id
    WHERE m.household_id = c.household_id AND k.official_id = r.person_id AND k.status = '有效')),
near AS (
  SELECT c.claim, min(r.degree) AS degree FROM claims c JOIN relatives r USING (claim)
  JOIN officials o ON o.person_id = r.person_id
    AND touches(o.from_date, o.to_date, c.month_from, c.month_to)
  WHERE r.person_id <> c.person_id GROUP BY c.claim),
filed AS (
  SELECT c.claim, min(k.filed_date) AS day FROM claims c JOIN members m USING (household_id)
  JOIN kin_filing k ON k.relative_id = m.person_id AND k.status = '有效'
    AND k.reviewed_by IS NOT NULL JOIN officials o ON o.person_id = k.official_id GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim)
LEFT JOIN near n USING (claim) LEFT JOIN filed f USING (claim)
WHERE CASE
  WHEN c.role = 'case' THEN c.claim IN (FROM unfiled)
  WHEN c.clearing_code = 'X22' THEN left(f.day, 7) <= c.month_from
  WHEN c.clearing_code = '' THEN coalesce(n.degree, 9) > 3 AND f.day IS NULL
  ELSE false END;
