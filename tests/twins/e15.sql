-- E15 vehicle over the limit. Which members of 低保 or 特困 households are registered owners of a car,
-- from the month after the ownership began? A car that left the register counts up to that day.
-- Where $vehicle_allowed is 1, only a car at or above $price_mult times the yearly standard counts,
-- or one that stands beside another car of somebody who is a member at the time.
WITH car AS (
    SELECT o.start_id AS person_id, v.id AS vehicle_id, v.price_yuan,
           v.status IN ('正常', '逾期未检') AS is_on_register,
           o.valid_from AS bought, month_after(coalesce(o.valid_from, o.known_from)) AS since,
           least(day_or_last(o.valid_to),
                 CASE WHEN v.status IN ('正常', '逾期未检') THEN DATE '9999-12-31'
                      ELSE v.status_date END) AS until
    FROM link_OWNS_Person_Vehicle AS o JOIN node_Vehicle AS v ON v.id = o.end_id
    WHERE regexp_full_match(v.vehicle_type, '(小型|微型).*(轿车|客车|面包车)') AND strong(o.grade)
      AND (v.status IN ('正常', '逾期未检') OR v.status_date IS NOT NULL)),
held AS (
    SELECT c.household, c.person_id, car.vehicle_id, c.benefit, car.price_yuan,
           12 * CASE WHEN h.urban_rural = '城市' THEN $std_urban ELSE $std_rural END AS standard_year,
           greatest(c.since, car.since) AS fact_from, least(c.until, car.until) AS until
    FROM assessed AS c JOIN car USING (person_id) JOIN node_Household AS h ON h.id = c.household
   )
SELECT household, person_id, vehicle_id, benefit, fact_from, last_or_open(until) AS fact_to
FROM held AS x
WHERE fact_from < least(until, $as_of_end)
  AND ($vehicle_allowed < 1 OR price_yuan >= $price_mult * standard_year
       OR EXISTS (SELECT 1 FROM listed AS l JOIN car AS y USING (person_id)
                  WHERE l.household = x.household AND l.is_strong
                    AND y.vehicle_id <> x.vehicle_id AND y.is_on_register AND y.bought IS NOT NULL
                    AND greatest(l.since, y.bought, x.fact_from) < least(l.until, y.until, x.until)))
