-- E32 handler clustering (card E32).
-- Case: of at least twenty approvals of a handler the share with one and the same declared income lies three
-- standard deviations over all handlers, and they were not approved on one batch day. Lookalike: approvals
-- of one day lie that far over, and incomes do not.
WITH handled AS (
  SELECT handler_id, count(*) OVER (PARTITION BY handler_id) AS n,
    count(*) OVER (PARTITION BY handler_id, declared_income_pc) AS alike,
    count(*) OVER (PARTITION BY handler_id, approve_date) AS a_day FROM dibao_household_register),
offices AS (
  SELECT handler_id, n, max(alike) * 1.0 / n AS alike, max(a_day) * 1.0 / n AS a_day FROM handled
  WHERE n >= 20 GROUP BY handler_id, n),
peers AS (SELECT median(alike) AS alike, median(a_day) AS a_day FROM offices),
odd AS (
  SELECT o.handler_id, o.alike > p.alike + 3 * sqrt(p.alike * (1 - p.alike) / o.n) AS is_alike,
    o.a_day > p.a_day + 3 * sqrt(p.a_day * (1 - p.a_day) / o.n) AS is_batch FROM offices o, peers p)
SELECT DISTINCT c.claim FROM claims c JOIN odd o ON c.difficulty = 'office ' || o.handler_id
JOIN village_committee_roster v ON v.person_id = c.person_id AND v.login = o.handler_id
WHERE CASE c.role WHEN 'case' THEN o.is_alike AND NOT o.is_batch ELSE o.is_batch AND NOT o.is_alike END;
