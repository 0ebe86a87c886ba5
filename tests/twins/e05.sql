-- E05 undeclared spouse. Which persons covered by 低保 have been married by the marriage register to
-- somebody whom the household has not listed for at least $min_months of the marriage? On which
-- days, from the month after the marriage to its end? A spouse is listed from the first day of the
-- month of the entry. The hit's person is the spouse. 单人保: somebody of a recognised edge family who
-- is paid alone; whom the same recognition of that family lists is declared.
WITH pair AS (
    SELECT c.household, c.benefit, m.a AS member_id, m.b AS person_id, m.valid_from AS wedding,
           greatest(c.since, month_after(m.valid_from)) AS since,
           least(c.until, day_or_last(m.valid_to)) AS until
    FROM covered AS c JOIN married AS m ON m.a = c.person_id AND m.is_strong
    WHERE c.programme = '低保' AND m.source = 'marriage_registration'),
as_member AS (
    SELECT start_id AS person_id, end_id AS household,
           date_trunc('month', day_or_first(valid_from))::DATE AS since,
           day_or_last(valid_to) AS until
    FROM link_MEMBER_OF_Person_Household
    UNION ALL
    SELECT p.person_id, p.household, date_trunc('month', its.valid_from)::DATE,
           least(day_or_last(its.valid_to), day_or_last(own.valid_to))
    FROM (SELECT DISTINCT household, member_id, person_id FROM pair) AS p
    JOIN link_MEMBER_OF_Person_Household AS its ON its.start_id = p.person_id
    JOIN link_MEMBER_OF_Person_Household AS own
      ON own.start_id = p.member_id AND own.end_id = its.end_id
    WHERE split_part(its.end_id, '/', 1) = 'low_income_edge_register'
      AND its.valid_from = own.valid_from),
cut AS (
    SELECT DISTINCT p.*, unnest([p.since] || coalesce(
        (SELECT list(m.since) || list(m.until) FROM as_member AS m
         WHERE m.person_id = p.person_id AND m.household = p.household), [])) AS day
    FROM pair AS p WHERE p.since < p.until),
piece AS (
    SELECT *, lead(day, 1, until) OVER (
        PARTITION BY household, benefit, member_id, person_id, wedding, since, until ORDER BY day)
            AS next_day
    FROM cut WHERE since <= day AND day < until)
SELECT household, person_id, member_id, benefit, day AS fact_from,
       last_or_open(next_day) AS fact_to
FROM piece AS p
WHERE day < $as_of_end AND NOT EXISTS (
    SELECT 1 FROM as_member AS m WHERE m.person_id = p.person_id AND m.household = p.household
      AND m.since <= p.day AND p.day < m.until)
  AND plus_months(greatest(wedding, (
          SELECT max(m.until) FROM as_member AS m WHERE m.person_id = p.person_id
            AND m.household = p.household AND m.until <= p.day)), $min_months)
      <= least(next_day, $as_of_end)
