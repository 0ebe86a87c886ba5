-- E05 undeclared spouse (card E05).
-- Case: a marriage on file that no divorce or death ended, three months old at least by the end; the
-- spouse is in no row of the household; with the spouse's income the household is over the line.
-- X03: the name in the marriage row is not the member's. X07: with the spouse the household stays
-- under the line. X08: the spouse is in prison, detained or serving. X16: separated: a divorce, a
-- missing-person report, or violence that was found true.
WITH spouses AS (
  SELECT c.claim, m.spouse, m.marriage_date FROM claims c JOIN marriages m USING (person_id)
  WHERE m.spouse NOT IN (SELECT person_id FROM members k WHERE k.household_id = c.household_id)
    AND m.spouse NOT IN (SELECT person_id FROM deaths WHERE person_id IS NOT NULL)
    AND later(left(m.marriage_date, 7), 1) <= c.month_from
    AND later(left(m.marriage_date, 7), 3) <= c.month_to),
income AS (
  SELECT s.claim, coalesce((SELECT sum(greatest(i, t)) / 12 FROM (
      SELECT w.month, sum(income) FILTER (kind = 'insured') AS i, sum(income) FILTER (kind = 'taxed') AS t
      FROM wages w WHERE w.person_id = s.spouse AND w.month > later(c.month_to, -12)
        AND w.month <= c.month_to GROUP BY w.month)), 0) AS a_month
  FROM spouses s JOIN claims c USING (claim)),
recomputed AS (
  SELECT m.claim, (i.a_month * 0.9 + m.declared_pc * m.heads) / (m.heads + 1) > m.standard AS over
  FROM income i JOIN means m USING (claim)),
misnamed AS (
  SELECT c.claim FROM claims c JOIN marriage_registration g
    ON c.person_id IN (g.husband_id, g.wife_id)
  JOIN hukou_population h ON h.person_id = c.person_id
  WHERE h.name <> CASE WHEN g.husband_id = c.person_id THEN g.husband_name ELSE g.wife_name END),
away AS (
  SELECT person_id, term_from AS since, coalesce(actual_release, term_to) AS until FROM prison_inmates
  UNION ALL SELECT person_id, from_date, to_date FROM detention_detox
  UNION ALL SELECT person_id, enlist, discharge FROM conscript_family
  UNION ALL SELECT person_id, status_date, NULL FROM hukou_population WHERE status = '服现役'),
separated AS (
  SELECT s.claim FROM spouses s JOIN claims c USING (claim)
  WHERE EXISTS (FROM divorces d WHERE d.person_id = c.person_id AND d.spouse = s.spouse
      AND d.divorce_date >= s.marriage_date
      AND left(d.divorce_date, 7) <= later(c.month_from, 3))
    OR EXISTS (FROM missing_person_report r WHERE r.person_id = s.spouse
      AND left(r.report_date, 7) <= c.month_to AND r.found_date IS NULL)
    OR EXISTS (FROM hotline_ticket h WHERE h.subject_person_id = c.person_id
      AND h.topic LIKE '%暴力%' AND h.result = '属实'))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN spouses s USING (claim)
JOIN recomputed r USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN r.over AND c.claim NOT IN (FROM separated) AND c.claim NOT IN (FROM misnamed)
  WHEN 'X03' THEN c.claim IN (FROM misnamed)
  WHEN 'X07' THEN NOT r.over
  WHEN 'X08' THEN EXISTS (FROM away a WHERE a.person_id = s.spouse
    AND touches(a.since, a.until, c.month_from, c.month_to))
  WHEN 'X16' THEN c.claim IN (FROM separated)
  ELSE false END;
