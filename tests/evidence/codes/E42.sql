-- E42 grace or validity expired (card E42; months: contract §6).
-- Case: recognised to a day that lies two months before the first month of the claim, nothing ended it
-- and nothing renewed it. X06: still within the grace. X23: renewal applied for in time, decision pending.
WITH ends AS (
  SELECT household_id, max(valid_to) AS valid_to FROM low_income_edge_register GROUP BY ALL
  UNION ALL SELECT household_id, max(valid_to) FROM rigid_expenditure_register GROUP BY ALL
  UNION ALL SELECT household_id, max(coalesce(grace_end, later(left(event_date, 7),
    coalesce(TRY_CAST(regexp_extract(reason_code, '渐退(\d+)', 1) AS INTEGER), 0)))) || '-28'
  FROM assistance_case_history WHERE grace_end IS NOT NULL OR reason_code LIKE '%渐退%' GROUP BY ALL
  UNION ALL SELECT household_id, grace_end || '-28' FROM dibao_household_register
    WHERE grace_end IS NOT NULL AND end_month IS NULL),
renewal AS (
  SELECT c.claim, h.event_date, h.case_id FROM claims c JOIN assistance_case_history h
    USING (household_id) WHERE h.event = '申请' AND h.reason_code LIKE '%续%'),
closed AS (
  SELECT c.claim FROM claims c JOIN assistance_case_history h USING (household_id)
  WHERE h.event = '停发' AND left(h.event_date, 7) <= c.month_to)
SELECT DISTINCT c.claim FROM claims c JOIN ends e USING (household_id) LEFT JOIN renewal r USING (claim)
WHERE (c.clearing_code = 'X06' OR later(left(e.valid_to, 7), 2) = c.month_from)
  AND c.claim NOT IN (FROM closed)
  AND (c.register <> 'dibao_household_register' OR c.claim IN (FROM settled))
  AND CASE c.clearing_code
    WHEN '' THEN r.case_id IS NULL
    WHEN 'X06' THEN left(e.valid_to, 7) >= c.month_to
    WHEN 'X23' THEN r.event_date <= e.valid_to AND NOT EXISTS (FROM assistance_case_history d
      WHERE d.case_id = r.case_id AND d.event <> '申请')
    ELSE false END;
