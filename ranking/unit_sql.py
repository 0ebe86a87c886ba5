"""Who is ranked as of a day, as SQL over a projection.

``$t`` stands for the day: what is dated on it or later did not exist yet. ``$y`` and ``$z`` are
twelve and twenty-four months before it.
"""

from __future__ import annotations

STRONG = "('exact', 'repaired', 'certificate', 'linked')"
HOUSEHOLD_PROGRAMMES = "('dibao_household_register', 'low_income_edge_register')"
COVERING = "('dibao_household_register', 'low_income_edge_register', 'tekun_register')"
ARCHIVE = "poverty_archive"

# A roster without dates is taken as it stands; nobody is a member before birth or after death.
ROSTER = f"""
CREATE OR REPLACE TEMP TABLE roster AS
WITH death AS (
    SELECT start_id AS person, min(valid_from) AS day FROM link_DIED_Person_DeathRecord
    WHERE grade IN {STRONG} GROUP BY ALL)
SELECT DISTINCT m.end_id AS household, m.start_id AS person, p.birth_date
FROM link_MEMBER_OF_Person_Household AS m
LEFT JOIN node_Person AS p ON p.id = m.start_id LEFT JOIN death AS d ON d.person = m.start_id
WHERE m.grade IN {STRONG} AND coalesce(m.valid_from < $t, true)
  AND coalesce(p.birth_date < $t, true) AND coalesce(d.day >= $t, true)
"""

# An archive household, or the last assistance household of a family that is in no archive.
UNITS = f"""
CREATE OR REPLACE TEMP TABLE unit AS
WITH benefit AS (
    SELECT b.end_id AS household, x.start_date, x.end_date,
           coalesce(x.end_date > $t, true) AS lasts
    FROM link_BELONGS_TO_Benefit_Household AS b JOIN node_Benefit AS x ON x.id = b.start_id
    WHERE x.register IN {HOUSEHOLD_PROGRAMMES} AND x.start_date < $t AND NOT b.derived),
former AS (
    SELECT household, max(end_date) AS left_on FROM benefit
    GROUP BY household HAVING NOT bool_or(lasts)),
archived AS (
    SELECT id AS household FROM node_Household
    WHERE register = '{ARCHIVE}' AND coalesce(identified_year <= year($t), true)),
archived_person AS (
    SELECT DISTINCT r.person FROM roster AS r JOIN archived USING (household)),
apart AS (
    SELECT f.* FROM former AS f WHERE NOT EXISTS (
        SELECT 1 FROM roster AS r JOIN archived_person USING (person)
        WHERE r.household = f.household)),
latest AS (
    SELECT a.* FROM apart AS a WHERE NOT EXISTS (
        SELECT 1 FROM roster AS mine JOIN roster AS other USING (person)
        JOIN apart AS b ON b.household = other.household
        WHERE mine.household = a.household
          AND (b.left_on, b.household) > (a.left_on, a.household))),
chosen AS (
    SELECT household, NULL::DATE AS left_on FROM archived UNION ALL SELECT * FROM latest)
SELECT c.household, h.register, h.household_id, coalesce(h.area_code, '') AS area_code,
       coalesce(h.township, rpad(left(coalesce(h.area_code, ''), 9), 12, '0')) AS township,
       h.exit_year, h.category, c.left_on
FROM chosen AS c JOIN node_Household AS h ON h.id = c.household
WHERE c.household IN (SELECT household FROM roster)
"""

# Who is covered or watched already needs no outreach: help or a case worker is there.
COVERED = f"""
CREATE OR REPLACE TEMP TABLE covered AS
SELECT DISTINCT r.household FROM roster AS r
JOIN link_RECEIVES_Person_Benefit AS c ON c.start_id = r.person
JOIN node_Benefit AS b ON b.id = c.end_id
WHERE b.register IN {COVERING} AND coalesce(b.start_date, c.valid_from) < $t
  AND coalesce(b.end_date > $t, true) AND coalesce(c.valid_to > $t, true)
UNION
SELECT m.start_id FROM link_MONITORED_Household_Monitoring AS m
JOIN node_Monitoring AS x ON x.id = m.end_id
WHERE x.identified_date < $t AND coalesce(x.eliminated_date > $t, true)
"""

ELIGIBLE = """
CREATE OR REPLACE TEMP TABLE eligible AS
SELECT * FROM unit WHERE household NOT IN (SELECT household FROM covered)
"""

MEMBERS = """
CREATE OR REPLACE TEMP TABLE unit_member AS
SELECT r.household, r.person, date_diff('month', r.birth_date, $t) / 12.0 AS age
FROM roster AS r JOIN eligible USING (household)
"""
