-- E17 homes or shops over the limit. On which days do the members of a 低保 case, or a person kept by
-- 特困, own, together, any shop or factory, or more than $home_count_max homes with more floor per
-- head of the household than $home_area_mult times $allowed_area_pc? Ownership counts from the month
-- after it began; a unit that several members own is one unit. One row for every stock of units and
-- every number of heads.
WITH unit AS (
    SELECT u.id AS unit_id, u.use = '住宅' AS is_home, coalesce(u.area_m2, 0) AS area_m2,
           o.start_id AS person_id, month_after(coalesce(o.valid_from, o.known_from)) AS since,
           day_or_last(o.valid_to) AS until
    FROM link_OWNS_Person_Property AS o JOIN node_Property AS u ON u.id = o.end_id
    WHERE u.use IN ('住宅', '商业', '工业') AND coalesce(u.status, '现势') IN ('现势', '查封') AND strong(o.grade)),
held AS (
    SELECT c.household, c.benefit, x.unit_id, x.is_home, x.area_m2,
           greatest(c.since, x.since) AS since, least(c.until, x.until) AS until
    FROM assessed AS c JOIN unit AS x USING (person_id)
    WHERE greatest(c.since, x.since) < least(c.until, x.until, $as_of_end)),
look AS (
    SELECT household, benefit, since AS day FROM held UNION SELECT household, benefit, until FROM held
    UNION
    SELECT h.household, h.benefit, d.day FROM held AS h JOIN (
        SELECT end_id AS household, unnest([valid_from, valid_to]) AS day
        FROM link_MEMBER_OF_Person_Household) AS d USING (household)
    WHERE h.since < d.day AND d.day < h.until),
stock AS (
    SELECT l.household, l.benefit, l.day, list_sort(list(DISTINCT h.unit_id)) AS units,
           count(DISTINCT h.unit_id) FILTER (h.is_home) AS homes,
           count(DISTINCT h.unit_id) FILTER (NOT h.is_home) AS shops
    FROM look AS l LEFT JOIN held AS h ON h.household = l.household AND h.benefit = l.benefit
        AND h.since <= l.day AND l.day < h.until
    GROUP BY ALL),
floor AS (
    SELECT household, benefit, day, sum(area_m2) AS area_m2
    FROM (SELECT DISTINCT l.household, l.benefit, l.day, h.unit_id, h.area_m2
          FROM look AS l JOIN held AS h ON h.household = l.household AND h.benefit = l.benefit
            AND h.since <= l.day AND l.day < h.until
          WHERE h.is_home)
    GROUP BY ALL),
heads AS (
    SELECT l.household, l.benefit, l.day, count(DISTINCT m.start_id) AS people
    FROM look AS l JOIN link_MEMBER_OF_Person_Household AS m ON m.end_id = l.household
        AND day_or_first(m.valid_from) <= l.day AND l.day < day_or_last(m.valid_to)
    GROUP BY ALL),
judged AS (
    SELECT s.household, s.benefit, s.day, s.units,
           lead(s.day) OVER (PARTITION BY s.household, s.benefit ORDER BY s.day) AS next_day,
           s.shops > 0 OR (s.homes > $home_count_max
               AND f.area_m2 / p.people > $home_area_mult * $allowed_area_pc) AS is_over
    FROM stock AS s
    LEFT JOIN floor AS f USING (household, benefit, day)
    LEFT JOIN heads AS p USING (household, benefit, day))
SELECT household, benefit, units, day AS fact_from, last_or_open(next_day) AS fact_to
FROM judged WHERE coalesce(is_over, false) AND day < $as_of_end
