"""What is known of each eligible household as of a day ``$t``, as SQL over a projection."""

from __future__ import annotations

from doudi.ranking.unit_sql import HOUSEHOLD_PROGRAMMES, STRONG

OWN = """
CREATE OR REPLACE TEMP TABLE own AS
SELECT m.household, count(*) AS size, sum(p.self_pay) AS self_pay,
       sum(p.self_pay) - sum(p.self_pay_before) AS self_pay_rise, sum(p.stays) AS stays,
       count(*) FILTER (p.new_severe) AS new_severe, count(*) FILTER (p.severe) AS severe,
       count(*) FILTER (p.severely_disabled) AS severely_disabled,
       count(*) FILTER (p.newly_disabled) AS newly_disabled,
       count(*) FILTER (p.able) AS able, count(*) FILTER (NOT p.able) AS dependants,
       count(*) FILTER (p.earns) AS earners, count(*) FILTER (p.stopped) AS stopped,
       count(*) FILTER (p.lost_job) AS job_loss, count(*) FILTER (p.beyond_school) AS students,
       sum(p.vehicles) AS vehicles, sum(p.businesses) AS businesses,
       count(*) FILTER (p.age IS NULL) AS ageless
FROM unit_member AS m JOIN person_at AS p USING (person) GROUP BY ALL
"""

# One step along KIN_OF, within two degrees: parents, children, brothers, sisters, grandparents
# and grandchildren who live elsewhere, each counted once.
KIN = f"""
CREATE OR REPLACE TEMP TABLE kin AS
WITH near AS (
    SELECT DISTINCT m.household, k.end_id AS person
    FROM unit_member AS m JOIN link_KIN_OF_Person_Person AS k ON k.start_id = m.person
    WHERE k.degree <= 2 AND k.grade IN {STRONG}),
apart AS (SELECT * FROM near ANTI JOIN unit_member USING (household, person))
SELECT a.household, count(*) FILTER (NOT p.dead) AS kin,
       count(*) FILTER (p.able) AS able, count(*) FILTER (p.earns AND NOT p.dead) AS earners,
       count(*) FILTER ((p.vehicles > 0 OR p.businesses > 0) AND NOT p.dead) AS assets,
       count(*) FILTER (p.new_severe OR p.lost_job OR p.newly_dead) AS shocks
FROM apart AS a JOIN person_at AS p USING (person) GROUP BY ALL
"""

# A year of the ledger, October to September, is known once it is over.
LEDGER = f"""
CREATE OR REPLACE TEMP TABLE ledger AS
WITH years AS (
    SELECT e.start_id AS household, x.year, x.transfer_yuan,
           coalesce(x.wage_yuan, 0) + coalesce(x.business_net_yuan, 0)
               + coalesce(x.property_yuan, 0) + coalesce(x.transfer_yuan, 0) AS total
    FROM link_EARNED_Household_IncomeYear AS e JOIN node_IncomeYear AS x ON x.id = e.end_id
    WHERE e.grade IN {STRONG} AND x.year IS NOT NULL AND make_date(x.year, 10, 1) < $t),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY household ORDER BY year DESC) AS back FROM years)
SELECT household, max(total) FILTER (back = 1) AS total, max(total) FILTER (back = 2) AS before,
       max(transfer_yuan) FILTER (back = 1) AS transfer
FROM ranked GROUP BY ALL
"""

EVENTS = f"""
CREATE OR REPLACE TEMP TABLE events AS
WITH member AS (
    SELECT m.end_id AS household, m.start_id AS person
    FROM link_MEMBER_OF_Person_Household AS m JOIN eligible AS e ON e.household = m.end_id
    WHERE m.grade IN {STRONG} AND coalesce(m.valid_from < $t, true) GROUP BY ALL),
disaster AS (
    SELECT m.household, count(DISTINCT x.id) AS disasters,
           bool_or(coalesce(x.house_damage IN ('C', 'D'), false)) AS damaged,
           sum(coalesce(x.crop_loss_yuan, 0) - coalesce(x.aid_yuan, 0)) AS loss
    FROM member AS m JOIN link_SUFFERED_Person_Disaster AS s ON s.start_id = m.person
    JOIN node_Disaster AS x ON x.id = s.end_id
    WHERE x.event_date >= $y AND x.event_date < $t GROUP BY ALL),
aid AS (
    SELECT m.household, count(DISTINCT b.id) AS times
    FROM member AS m JOIN link_RECEIVES_Person_Benefit AS r ON r.start_id = m.person
    JOIN node_Benefit AS b ON b.id = r.end_id
    WHERE b.register = 'temporary_assistance' AND b.start_date >= $z AND b.start_date < $t
    GROUP BY ALL),
death AS (
    SELECT m.household, count(*) AS deaths FROM member AS m JOIN person_at AS p USING (person)
    WHERE p.newly_dead GROUP BY ALL)
SELECT household, coalesce(d.disasters, 0) AS disasters, coalesce(d.damaged, false) AS damaged,
       coalesce(d.loss, 0) AS loss, coalesce(a.times, 0) AS temporary_aid,
       coalesce(x.deaths, 0) AS deaths
FROM disaster AS d FULL JOIN aid AS a USING (household) FULL JOIN death AS x USING (household)
"""

HISTORY = f"""
CREATE OR REPLACE TEMP TABLE history AS
WITH watched AS (
    SELECT m.start_id AS household, count(DISTINCT x.id) AS times
    FROM link_MONITORED_Household_Monitoring AS m JOIN node_Monitoring AS x ON x.id = m.end_id
    WHERE x.identified_date < $t GROUP BY ALL),
helped AS (
    SELECT m.household, count(DISTINCT b.id) AS times, max(b.end_date) AS left_on
    FROM unit_member AS m JOIN link_RECEIVES_Person_Benefit AS r ON r.start_id = m.person
    JOIN node_Benefit AS b ON b.id = r.end_id
    WHERE b.register IN {HOUSEHOLD_PROGRAMMES} AND b.end_date <= $t GROUP BY ALL)
SELECT household, coalesce(w.times, 0) AS monitored, coalesce(h.times, 0) AS assisted, h.left_on
FROM watched AS w FULL JOIN helped AS h USING (household)
"""

FEATURES = """
SELECT e.household, e.register, e.household_id, e.area_code, e.township,
       l.total / o.size / nullif(f.value, 0) AS income_to_line,
       l.total / nullif(l.before, 0) - 1 AS income_trend,
       l.transfer / nullif(l.total, 0) AS transfer_share,
       o.self_pay AS self_pay_yuan, o.self_pay_rise AS self_pay_rise_yuan,
       o.self_pay / nullif(greatest(l.total, 0), 0) AS self_pay_share, o.stays, o.new_severe,
       o.severe, o.severely_disabled, o.newly_disabled, o.size,
       o.dependants / greatest(o.able, 0.5) AS dependants_per_able,
       o.dependants / greatest(o.able + 0.3 * coalesce(k.able, 0), 0.5) AS dependants_with_kin,
       (o.able = 0)::INT AS no_able, (o.earners = 1 AND o.size > 1)::INT AS single_earner,
       o.earners, o.stopped, o.job_loss, coalesce(v.disasters, 0) AS disasters,
       coalesce(v.damaged, false)::INT AS house_damage,
       coalesce(v.loss, 0) AS loss_after_aid_yuan, coalesce(v.deaths, 0) AS deaths, o.students,
       coalesce(k.shocks, 0) AS kin_shocks, coalesce(k.earners, 0) AS kin_earners,
       coalesce(k.assets, 0) AS kin_assets, o.vehicles, o.businesses,
       coalesce(date_diff('month', coalesce(h.left_on, e.left_on), $t) / 12.0,
                year($t) - e.exit_year) AS years_since_exit,
       (coalesce(e.category, '') = '脱贫户')::INT AS once_poor,
       coalesce(h.monitored, 0) AS monitored_before, coalesce(h.assisted, 0) AS assisted_before,
       coalesce(coalesce(h.left_on, e.left_on) >= $z, false)::INT AS left_recently,
       coalesce(v.temporary_aid, 0) AS temporary_aid,
       l.total IS NULL AS no_ledger, o.ageless > 0 AS no_age, coalesce(k.kin, 0) = 0 AS no_kin
FROM eligible AS e JOIN own AS o USING (household) LEFT JOIN ledger AS l USING (household)
LEFT JOIN kin AS k USING (household) LEFT JOIN events AS v USING (household)
LEFT JOIN history AS h USING (household)
LEFT JOIN force AS f ON f.area_code = e.area_code AND f.param = 'monitor.line_year'
ORDER BY e.household
"""
