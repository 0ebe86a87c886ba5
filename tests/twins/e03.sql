-- E03 double registration. Which persons stand, on the same days, in two registrations of one
-- programme: two 低保 cases, or a programme kept by person in two areas? The hit is about the
-- registration that came second. An area and its successor are one area.
WITH RECURSIVE follows AS (
    SELECT id AS area, id AS successor, 0 AS steps FROM node_Area
    UNION
    SELECT f.area, s.end_id, f.steps + 1 FROM follows AS f
    JOIN link_SUCCEEDED_BY_Area_Area AS s ON s.start_id = f.successor WHERE f.steps < 5),
today AS (SELECT area, max_by(successor, steps) AS area_now FROM follows GROUP BY area),
counted AS (
    SELECT c.*, coalesce(t.area_now, c.area_code) AS area_now
    FROM covered AS c LEFT JOIN today AS t ON t.area = c.area_code
    WHERE c.programme IN ('低保', '特困', '残疾人两项补贴', '高龄津贴'))
SELECT b.household, b.person_id, b.benefit, a.benefit AS also_paid,
       greatest(a.since, b.since) AS fact_from, last_or_open(least(a.until, b.until)) AS fact_to
FROM counted AS a JOIN counted AS b
  ON a.person_id = b.person_id AND a.programme = b.programme AND a.benefit <> b.benefit
WHERE (b.programme = '低保' OR a.area_now <> b.area_now)
  AND (a.registered_from, a.benefit) < (b.registered_from, b.benefit)
  AND greatest(a.since, b.since) < least(a.until, b.until, $as_of_end)
