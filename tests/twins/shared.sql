-- What all twins stand on: who is covered by which benefit, counted for which household, on which
-- days; who was married to whom; and who is kin. Formulated over plain facts: the derived relations
-- RECEIVES of household programmes, BELONGS_TO, KIN_OF, CONTROLS and HANDLED_BY and the ends that
-- the projection gives marriages are not read, so that a mistake in a derivation shows.

-- Identity strong enough to accuse, and strong enough to tell of an end.
CREATE OR REPLACE TEMP MACRO strong(grade) AS
    coalesce(grade, 'exact') IN ('exact', 'repaired', 'certificate');
CREATE OR REPLACE TEMP MACRO likely(grade) AS strong(grade) OR grade = 'linked';
CREATE OR REPLACE TEMP MACRO day_or_first(day) AS coalesce(day, DATE '0001-01-01');
CREATE OR REPLACE TEMP MACRO day_or_last(day) AS coalesce(day, DATE '9999-12-31');
CREATE OR REPLACE TEMP MACRO last_or_open(day) AS nullif(day, DATE '9999-12-31');
CREATE OR REPLACE TEMP MACRO month_after(day) AS (date_trunc('month', day) + INTERVAL 1 MONTH)::DATE;
CREATE OR REPLACE TEMP MACRO plus_months(day, months) AS (day + to_months(months::INTEGER))::DATE;

-- Memberships that list a person in an assistance household.
CREATE OR REPLACE TEMP TABLE listed AS
SELECT m.start_id AS person_id, m.end_id AS household, split_part(m.end_id, '/', 1) AS register,
       day_or_first(m.valid_from) AS since, day_or_last(m.valid_to) AS until,
       coalesce(m.is_beneficiary, true) AS is_paid_for, strong(m.grade) AS is_strong
FROM link_MEMBER_OF_Person_Household AS m
WHERE likely(m.grade) AND NOT coalesce(m.derived, false)
  AND split_part(m.end_id, '/', 1) IN ('dibao_household_register', 'low_income_edge_register');

-- Programmes kept by household: a person is covered while listed as paid for, and the case is open.
CREATE OR REPLACE TEMP TABLE covered AS
SELECT l.household, l.person_id, b.id AS benefit, b.register, b.programme, b.area_code,
       greatest(l.since, day_or_first(b.start_date)) AS registered_from,
       greatest(l.since, day_or_first(b.start_date)) AS since,
       least(l.until, day_or_last(b.end_date)) AS until
FROM listed AS l
JOIN node_Benefit AS b
  ON array_to_string(string_split(b.id, '/')[1:2], '/') = l.household
WHERE l.is_paid_for AND l.is_strong;

-- Programmes kept by person count for the assistance household that lists the person at the time,
-- a 低保 household before an edge household; where none does, for the person alone.
INSERT INTO covered
WITH kept AS (
    SELECT r.rid, r.start_id AS person_id, r.end_id AS benefit, b.register, b.programme,
           b.area_code, greatest(day_or_first(r.valid_from), day_or_first(b.start_date)) AS since,
           least(day_or_last(r.valid_to), day_or_last(b.end_date)) AS until
    FROM link_RECEIVES_Person_Benefit AS r JOIN node_Benefit AS b ON b.id = r.end_id
    WHERE NOT coalesce(r.derived, false) AND strong(r.grade)),
cut AS (
    SELECT rid, since AS day FROM kept
    UNION
    SELECT k.rid, unnest([l.since, l.until]) FROM kept AS k JOIN listed AS l USING (person_id)),
piece AS (
    SELECT k.*, c.day AS piece_from,
           least(k.until, lead(c.day, 1, k.until) OVER (PARTITION BY k.rid ORDER BY c.day))
               AS piece_to
    FROM kept AS k JOIN cut AS c USING (rid)
    WHERE k.since <= c.day AND c.day < k.until),
home AS (
    SELECT p.rid, p.piece_from, l.household, l.is_strong
    FROM piece AS p JOIN listed AS l
      ON l.person_id = p.person_id AND l.since <= p.piece_from AND p.piece_from < l.until
    QUALIFY row_number() OVER (PARTITION BY p.rid, p.piece_from
        ORDER BY l.register <> 'dibao_household_register', greatest(l.since, p.since),
                 l.household) = 1)
SELECT coalesce(h.household, 'person:' || p.person_id), p.person_id, p.benefit, p.register,
       p.programme, p.area_code, p.since, p.piece_from, p.piece_to
FROM piece AS p LEFT JOIN home AS h USING (rid, piece_from)
WHERE coalesce(h.is_strong, true);

DELETE FROM covered WHERE since >= until;

-- Whose means are looked at: of a 低保 case all members while it is open, paid for or not; of 特困
-- the person who is kept.
CREATE OR REPLACE TEMP TABLE assessed AS
SELECT l.household, l.person_id, b.id AS benefit, greatest(l.since, day_or_first(b.start_date)) AS since,
       least(l.until, day_or_last(b.end_date)) AS until
FROM listed AS l JOIN node_Benefit AS b ON b.id = l.household AND b.programme = '低保'
WHERE l.is_strong AND greatest(l.since, day_or_first(b.start_date))
                      < least(l.until, day_or_last(b.end_date))
UNION ALL
SELECT household, person_id, benefit, since, until FROM covered WHERE programme = '特困';

-- Marriages both ways, to the first divorce after the wedding, death after it or later wedding of
-- either to somebody else. A statement without a day speaks of the pair's last wedding on file, if
-- there is one; what is later than a day that nobody knows is not known either.
CREATE OR REPLACE TEMP TABLE married AS
WITH stated AS (
    SELECT start_id, end_id, source, strong(grade) AS is_strong,
           coalesce(valid_from, max(valid_from) OVER (
               PARTITION BY least(start_id, end_id), greatest(start_id, end_id))) AS valid_from
    FROM link_SPOUSE_OF_Person_Person WHERE likely(grade) AND start_id <> end_id),
wedding AS (
    SELECT start_id AS a, end_id AS b, valid_from, source, is_strong FROM stated
    UNION SELECT end_id, start_id, valid_from, source, is_strong FROM stated),
parting AS (
    SELECT start_id AS a, end_id AS b, valid_from AS day FROM link_DIVORCED_FROM_Person_Person
    WHERE likely(grade)
    UNION
    SELECT end_id, start_id, valid_from FROM link_DIVORCED_FROM_Person_Person WHERE likely(grade)
    UNION
    SELECT w.a, w.b, x.death_date
    FROM wedding AS w JOIN link_DIED_Person_DeathRecord AS d ON d.start_id IN (w.a, w.b)
    JOIN node_DeathRecord AS x ON x.id = d.end_id WHERE likely(d.grade)),
remarried AS (
    SELECT w.a, w.b, w.valid_from, min(o.valid_from) AS day
    FROM wedding AS w JOIN wedding AS o ON o.a IN (w.a, w.b) AND o.b NOT IN (w.a, w.b)
    WHERE o.valid_from > w.valid_from GROUP BY ALL)
SELECT w.a, w.b, w.source, w.is_strong, w.valid_from, least(min(p.day), min(r.day)) AS valid_to
FROM wedding AS w
LEFT JOIN parting AS p ON p.a = w.a AND p.b = w.b AND p.day > day_or_first(w.valid_from)
LEFT JOIN remarried AS r ON r.a = w.a AND r.b = w.b AND r.valid_from = w.valid_from
GROUP BY ALL;

-- Kin: as many degrees as it takes steps up to a common ancestor and down again; one marriage on
-- the way counts no step. One row a way, with the days on which that way holds, and whether all its
-- ties are strong enough to accuse.
CREATE OR REPLACE TEMP TABLE blood AS
WITH RECURSIVE parent AS (
    SELECT start_id AS elder, end_id AS child, bool_or(strong(grade)) AS is_strong
    FROM link_PARENT_OF_Person_Person WHERE likely(grade) GROUP BY ALL),
above AS (
    SELECT id AS person_id, id AS ancestor, 0 AS steps, true AS is_strong FROM node_Person
    UNION
    SELECT a.person_id, p.elder, a.steps + 1, a.is_strong AND p.is_strong
    FROM above AS a JOIN parent AS p ON p.child = a.ancestor
    WHERE a.steps < 3)
SELECT x.person_id AS a, y.person_id AS b, x.is_strong AND y.is_strong AS is_strong,
       min(x.steps + y.steps) AS degree
FROM above AS x JOIN above AS y USING (ancestor)
WHERE x.steps + y.steps <= 3 GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE by_marriage AS
SELECT x.a, m.b, x.is_strong AND m.is_strong AS is_strong, x.degree,
       day_or_first(m.valid_from) AS since, day_or_last(m.valid_to) AS until
FROM blood AS x JOIN married AS m ON m.a = x.b;

CREATE OR REPLACE TEMP TABLE kin AS
SELECT a, b, is_strong, degree, DATE '0001-01-01' AS since, DATE '9999-12-31' AS until
FROM blood WHERE a <> b
UNION ALL
SELECT x.a, y.b, x.is_strong AND y.is_strong AS is_strong, min(x.degree + y.degree), x.since,
       x.until
FROM by_marriage AS x JOIN blood AS y ON y.a = x.b
WHERE x.degree + y.degree <= 3 AND x.a <> y.b GROUP BY ALL;

DELETE FROM kin WHERE since >= until;
