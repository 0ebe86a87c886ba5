-- E16 car held by a nominee. Which members of a 低保 case, or persons kept by 特困, use, without
-- owning it, a car that somebody outside the household owns, shown by at least two kinds of links
-- at once over at least $min_months: being fined as its driver $min_fines times within $window_months, paying its
-- insurance, or having one's own or the household's telephone number on the policy? Premium and
-- number of one row of one policy are one link. On which days do two links hold?
WITH car AS (
    SELECT v.id AS vehicle_id, o.start_id AS owner_id, day_or_first(o.valid_from) AS since,
           day_or_last(o.valid_to) AS until
    FROM node_Vehicle AS v JOIN link_OWNS_Person_Vehicle AS o ON o.end_id = v.id
    WHERE regexp_full_match(v.vehicle_type, '(小型|微型).*(轿车|客车|面包车)') AND strong(o.grade)),
fine AS (
    SELECT DISTINCT d.start_id AS person_id, g.start_id AS vehicle_id, d.rid, d.valid_from AS day
    FROM link_DRIVES_Person_Plate AS d JOIN link_HAS_PLATE_Vehicle_Plate AS g USING (end_id)
    WHERE d.role = 'driver' AND d.valid_from < $as_of_end AND strong(d.grade) AND strong(g.grade)
      AND day_or_first(g.valid_from) <= d.valid_from AND d.valid_from < day_or_last(g.valid_to)),
dense AS (
    SELECT *, lead(day, ($min_fines - 1)::INTEGER) OVER (
        PARTITION BY person_id, vehicle_id ORDER BY day, rid) AS last_day
    FROM fine),
own_phone AS (
    SELECT start_id AS person_id, end_id AS phone, valid_from, valid_to
    FROM link_USES_PHONE_Person_Phone WHERE strong(grade)
    UNION
    SELECT c.person_id, u.end_id, u.valid_from, u.valid_to FROM assessed AS c
    JOIN link_USES_PHONE_Household_Phone AS u ON u.start_id = c.household AND strong(u.grade)),
link AS (
    SELECT person_id, vehicle_id, 'fines' AS kind, '' AS origin, day AS since,
           plus_months(last_day, 1) AS until
    FROM dense WHERE last_day <= plus_months(day, $window_months)
    UNION ALL
    SELECT start_id, end_id, 'premium', concat_ws('/', source, batch, row), valid_from,
           coalesce(valid_to, $as_of_end)
    FROM link_PAYS_FOR_Person_Vehicle WHERE valid_from < $as_of_end AND strong(grade)
    UNION ALL
    SELECT DISTINCT p.person_id, y.start_id, 'phone', concat_ws('/', y.source, y.batch, y.row),
           greatest(y.valid_from, day_or_first(p.valid_from)),
           coalesce(least(y.valid_to, p.valid_to), $as_of_end)
    FROM link_POLICY_PHONE_Vehicle_Phone AS y JOIN own_phone AS p ON p.phone = y.end_id
    WHERE y.valid_from < $as_of_end AND strong(y.grade)),
piece AS (
    SELECT person_id, vehicle_id, day,
           lead(day) OVER (PARTITION BY person_id, vehicle_id ORDER BY day) AS next_day
    FROM (SELECT person_id, vehicle_id, since AS day FROM link
          UNION SELECT person_id, vehicle_id, until FROM link)),
doubled AS (
    SELECT p.person_id, p.vehicle_id, p.day, p.next_day
    FROM piece AS p JOIN link AS l USING (person_id, vehicle_id)
    WHERE l.since <= p.day AND p.day < l.until AND p.next_day IS NOT NULL
    GROUP BY ALL HAVING count(DISTINCT l.kind) >= 2 AND count(DISTINCT l.origin) >= 2),
run AS (
    SELECT person_id, vehicle_id, min(day) AS since, max(next_day) AS until
    FROM (SELECT *, count(*) FILTER (is_new) OVER (
              PARTITION BY person_id, vehicle_id ORDER BY day) AS run
          FROM (SELECT *, day IS DISTINCT FROM lag(next_day) OVER (
                    PARTITION BY person_id, vehicle_id ORDER BY day) AS is_new FROM doubled))
    GROUP BY person_id, vehicle_id, run
    HAVING plus_months(min(day), $min_months) <= least(max(next_day), $as_of_end)),
fact AS (
    SELECT c.household, c.person_id, r.vehicle_id, c.benefit, o.owner_id,
           greatest(c.since, r.since, o.since) AS since, least(c.until, r.until, o.until) AS until
    FROM run AS r JOIN assessed AS c USING (person_id) JOIN car AS o USING (vehicle_id)
    WHERE o.owner_id <> c.person_id)
SELECT household, person_id, vehicle_id, benefit, since AS fact_from, until AS fact_to
FROM fact AS f
WHERE since < least(until, $as_of_end)
  AND NOT EXISTS (SELECT 1 FROM link_OWNS_Person_Vehicle AS own
                  WHERE own.end_id = f.vehicle_id AND own.start_id = f.person_id
                    AND day_or_first(own.valid_from) < f.until
                    AND f.since < day_or_last(own.valid_to))
  AND NOT EXISTS (SELECT 1 FROM link_MEMBER_OF_Person_Household AS m
                  WHERE m.start_id = f.owner_id AND m.end_id = f.household
                    AND day_or_first(m.valid_from) < f.until
                    AND f.since < day_or_last(m.valid_to))
