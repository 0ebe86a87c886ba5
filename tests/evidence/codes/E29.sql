-- E29 overseas exits (card E29).
-- Case: self-paid trips abroad in paid months: two in a year, or absent more than 183 days.
-- X18: short crossings of border residents. X20: treatment, or a trip that somebody sponsors.
WITH trips AS (
  SELECT c.claim, e.*, date_diff('day', CAST(e.exit_date AS DATE),
    CAST(coalesce(e.entry_date, c.month_to || '-28') AS DATE)) AS days
  FROM claims c JOIN exit_entry e ON e.person_id = c.person_id
    AND touches(e.exit_date, e.entry_date, c.month_from, c.month_to)),
own AS (
  SELECT claim, sum(days) AS days, count(*) FILTER (days > 1) AS trips FROM trips
  WHERE purpose NOT IN ('就医', '边民互市') AND purpose NOT LIKE '%公派%' AND purpose NOT LIKE '%资助%'
  GROUP BY claim)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN trips t USING (claim)
LEFT JOIN own o USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN o.days > 183 OR o.trips >= 2
  WHEN 'X18' THEN o.claim IS NULL AND t.doc_type = '边民通行证' AND t.days <= 1
  WHEN 'X20' THEN o.claim IS NULL AND (t.purpose = '就医' OR t.purpose LIKE '%资助%'
    OR t.purpose LIKE '%公派%')
  ELSE false END;
