"""What registers say of each person as of a day ``$t``, as SQL over a projection."""

from __future__ import annotations

from doudi.ranking.unit_sql import STRONG

HEALTH = f"""
CREATE OR REPLACE TEMP TABLE person_health AS
WITH stay AS (
    SELECT l.start_id AS person, coalesce(x.discharge_date, x.admit_date) AS day, x.self_pay_yuan
    FROM link_TREATED_Person_InpatientStay AS l JOIN node_InpatientStay AS x ON x.id = l.end_id
    WHERE l.grade IN {STRONG}),
cost AS (
    SELECT person, count(*) FILTER (day >= $y) AS stays,
           coalesce(sum(self_pay_yuan) FILTER (day >= $y), 0) AS self_pay,
           coalesce(sum(self_pay_yuan) FILTER (day < $y), 0) AS self_pay_before
    FROM stay WHERE day >= $z AND day < $t GROUP BY ALL),
disease AS (
    SELECT l.start_id AS person, min(x.confirmed_date) AS first_day,
           max(x.confirmed_date) AS last_day
    FROM link_HAS_DIAGNOSIS_Person_Diagnosis AS l JOIN node_Diagnosis AS x ON x.id = l.end_id
    WHERE l.grade IN {STRONG} AND x.confirmed_date < $t GROUP BY ALL),
cert AS (
    SELECT l.start_id AS person, min(x.degree) AS degree, min(x.issue_date) AS issued
    FROM link_HOLDS_CERT_Person_DisabilityCert AS l JOIN node_DisabilityCert AS x ON x.id = l.end_id
    WHERE l.grade IN {STRONG} AND x.issue_date < $t GROUP BY ALL)
SELECT person, coalesce(c.stays, 0) AS stays, coalesce(c.self_pay, 0) AS self_pay,
       coalesce(c.self_pay_before, 0) AS self_pay_before, d.person IS NOT NULL AS severe,
       coalesce(d.last_day >= $y, false) AS new_severe,
       coalesce(e.degree <= 2, false) AS severely_disabled,
       coalesce(e.issued >= $y, false) AS newly_disabled
FROM cost AS c FULL JOIN disease AS d USING (person) FULL JOIN cert AS e USING (person)
"""

# A spell that runs past the day is cut there: what came after was not known.
WORK = f"""
CREATE OR REPLACE TEMP TABLE person_work AS
WITH pay AS (
    SELECT start_id AS person, least(coalesce(valid_to, $t), $t) AS until
    FROM link_EMPLOYED_BY_Person_Company
    WHERE grade IN {STRONG} AND valid_from < $t AND NOT coalesce(flexible, false)
      AND coalesce(status, '正常缴费') NOT IN ('停缴', '封存')
    UNION ALL
    SELECT start_id, least(coalesce(valid_to, $t), $t) FROM link_EMPLOYED_BY_Person_PublicUnit
    WHERE grade IN {STRONG} AND valid_from < $t),
last_pay AS (SELECT person, max(until) AS until FROM pay GROUP BY ALL),
loss AS (
    SELECT DISTINCT l.start_id AS person
    FROM link_LOST_JOB_Person_JobLoss AS l JOIN node_JobLoss AS x ON x.id = l.end_id
    WHERE l.grade IN {STRONG} AND x.reg_date >= $y AND x.reg_date < $t
      AND coalesce(x.cancel_date >= $t, true))
SELECT person, coalesce(p.until > $t - INTERVAL 3 MONTH, false) AS earns,
       coalesce(p.until > $y AND p.until <= $t - INTERVAL 1 MONTH, false) AS stopped,
       l.person IS NOT NULL AS lost_job
FROM last_pay AS p FULL JOIN loss AS l USING (person)
"""

OTHER = f"""
CREATE OR REPLACE TEMP TABLE person_other AS
WITH died AS (
    SELECT start_id AS person, min(valid_from) AS day FROM link_DIED_Person_DeathRecord
    WHERE grade IN {STRONG} GROUP BY ALL),
school AS (
    SELECT l.start_id AS person, bool_or(x.stage IN ('高中', '中职', '大专', '本科')) AS beyond
    FROM link_ENROLLED_Person_Enrolment AS l JOIN node_Enrolment AS x ON x.id = l.end_id
    WHERE l.grade IN {STRONG} AND x.enrol_date < $t AND x.enrol_date >= $t - INTERVAL 5 YEAR
    GROUP BY ALL),
vehicle AS (
    SELECT o.start_id AS person, count(DISTINCT o.end_id) AS vehicles
    FROM link_OWNS_Person_Vehicle AS o JOIN node_Vehicle AS v ON v.id = o.end_id
    WHERE o.grade IN {STRONG} AND coalesce(o.valid_from, v.first_reg_date, DATE '1900-01-01') < $t
      AND coalesce(o.valid_to > $t, true)
      AND NOT (coalesce(v.status, '') IN ('转出', '报废', '注销') AND coalesce(v.status_date < $t, true))
    GROUP BY ALL),
firm AS (
    SELECT person, count(DISTINCT company) AS businesses FROM (
        SELECT start_id AS person, end_id AS company, valid_from, valid_to, grade
        FROM link_LEGAL_REP_OF_Person_Company
        UNION ALL SELECT start_id, end_id, valid_from, valid_to, grade
        FROM link_SHAREHOLDER_OF_Person_Company) AS x
    JOIN node_Company AS c ON c.id = x.company
    WHERE x.grade IN {STRONG} AND coalesce(x.valid_from, c.setup_date, DATE '1900-01-01') < $t
      AND coalesce(x.valid_to > $t, true)
    GROUP BY ALL)
SELECT person, d.day AS died, coalesce(s.beyond, false) AS beyond_school,
       coalesce(v.vehicles, 0) AS vehicles, coalesce(f.businesses, 0) AS businesses
FROM died AS d FULL JOIN school AS s USING (person) FULL JOIN vehicle AS v USING (person)
FULL JOIN firm AS f USING (person)
"""

# Able to work: 16 to 59, not severely disabled, not at school beyond the compulsory years.
PERSON = """
CREATE OR REPLACE TEMP TABLE person_at AS
SELECT p.id AS person, date_diff('month', p.birth_date, $t) / 12.0 AS age,
       coalesce(h.stays, 0) AS stays, coalesce(h.self_pay, 0) AS self_pay,
       coalesce(h.self_pay_before, 0) AS self_pay_before, coalesce(h.severe, false) AS severe,
       coalesce(h.new_severe, false) AS new_severe,
       coalesce(h.severely_disabled, false) AS severely_disabled,
       coalesce(h.newly_disabled, false) AS newly_disabled,
       coalesce(w.earns, false) AS earns, coalesce(w.stopped, false) AS stopped,
       coalesce(w.lost_job, false) AS lost_job,
       coalesce(o.beyond_school, false) AS beyond_school, coalesce(o.vehicles, 0) AS vehicles,
       coalesce(o.businesses, 0) AS businesses, coalesce(o.died < $t, false) AS dead,
       coalesce(o.died < $t AND o.died >= $y, false) AS newly_dead,
       coalesce(age >= 16 AND age < 60, true) AND NOT coalesce(h.severely_disabled, false)
           AND NOT coalesce(o.beyond_school, false) AND NOT coalesce(o.died < $t, false) AS able
FROM node_Person AS p LEFT JOIN person_health AS h ON h.person = p.id
LEFT JOIN person_work AS w ON w.person = p.id LEFT JOIN person_other AS o ON o.person = p.id
WHERE coalesce(p.birth_date < $t, true)
"""
