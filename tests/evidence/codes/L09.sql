-- L09 de facto orphan (card L09; rule of §1.1).
-- Case: a child whose parents are each dead, missing, in custody for six months, severely disabled or
-- ill, or without custody; one of them alive; not in the children's register. Lookalike: registered, or
-- a parent has recovered, is released or found.
WITH states AS (
  SELECT person_id, death_date AS since, NULL AS until, 'dead' AS state FROM deaths
  UNION ALL SELECT person_id, report_date, found_date, 'missing' FROM missing_person_report
  UNION ALL SELECT person_id, term_from, coalesce(actual_release, term_to), 'inside' FROM prison_inmates
  UNION ALL SELECT person_id, from_date, to_date, 'inside' FROM detention_detox
  UNION ALL SELECT person_id, issue_date, valid_to, 'disabled' FROM disability_certificate
  WHERE (grade IN ('1', '2') OR type IN ('智', '精')) AND status = '有效'
  UNION ALL SELECT person_id, confirmed_date, NULL, 'ill' FROM illnesses
  UNION ALL SELECT unnest(party_ids), effective, NULL, 'court' FROM court_divorce_judgments
  WHERE type IN ('宣告失踪', '撤销监护')),
unable AS (
  SELECT p.child, p.parent, s.state, bool_or(touches(s.since, s.until, c.month_to, c.month_to)) AS still
  FROM claims c JOIN parents p ON p.child = c.person_id JOIN states s ON s.person_id = p.parent
  WHERE left(s.since, 7) <= c.month_to GROUP BY ALL),
counted AS (
  SELECT c.claim, count(DISTINCT u.parent) AS ever, count(DISTINCT u.parent) FILTER (u.still) AS now,
    bool_or(u.state <> 'dead') AS alive
  FROM claims c JOIN unable u ON u.child = c.person_id GROUP BY c.claim),
registered AS (
  SELECT c.claim FROM claims c JOIN listed l USING (person_id)
  WHERE l.programme IN ('儿童', '特困') AND touches(l.since, l.until, c.month_to, c.month_to))
SELECT claim FROM claims c JOIN counted n USING (claim)
WHERE age_in(c.person_id, c.month_to) < 18 AND n.ever = 2 AND n.alive
  AND ((c.role = 'case' AND n.now = 2 AND claim NOT IN (FROM registered))
    OR (c.role = 'decoy' AND (n.now < 2 OR claim IN (FROM registered))));
