"""Who belongs to a household in a month, as SQL over a projection: cells, members, the line."""

from __future__ import annotations

DIBAO = "dibao_household_register"
TEKUN = "tekun_register"
STRONG = "('exact', 'repaired', 'certificate', 'linked')"
"""Identities good enough to say that a person earns, died or belongs elsewhere."""

# Without a delivered payment the newest knowledge ends the months, and two years are looked at.
PERIOD = """
CREATE OR REPLACE TEMP TABLE period AS
WITH paid AS (
    SELECT min(date_trunc('month', valid_from))::DATE AS first,
           max(date_trunc('month', coalesce(valid_to - INTERVAL 1 DAY, valid_from)))::DATE AS last
    FROM link_PAID_Person_Account),
ends AS (
    SELECT coalesce(?::DATE, last, date_trunc('month', ?::DATE)::DATE) AS last, first FROM paid)
SELECT coalesce(first, (last - INTERVAL 23 MONTH)::DATE) AS first, last,
       (last + INTERVAL 1 MONTH)::DATE AS until
FROM ends
"""

# A household has a row for every month of its benefit, and for every month paid beside it: a
# payment belongs to the case it names, or to the payee's household.
CELLS = f"""
CREATE OR REPLACE TEMP TABLE cell AS
WITH owner AS (
    SELECT DISTINCT t.end_id AS household_id, b.register,
           greatest(date_trunc('month', greatest(b.start_date, t.valid_from))::DATE, p.first)
               AS since,
           least(b.end_date, t.valid_to, p.until) AS until
    FROM node_Benefit AS b
    JOIN link_BELONGS_TO_Benefit_Household AS t ON t.start_id = b.id CROSS JOIN period AS p
    WHERE b.register IN ('{DIBAO}', '{TEKUN}')),
held AS (
    SELECT household_id, register,
           unnest(generate_series(since::TIMESTAMP, (until - INTERVAL 1 DAY)::TIMESTAMP,
                                  INTERVAL 1 MONTH))::DATE AS month
    FROM owner WHERE since < until),
spell AS (
    SELECT start_id AS person_id, household_id AS case_no,
           unnest(generate_series(date_trunc('month', valid_from)::TIMESTAMP,
               coalesce(valid_to - INTERVAL 1 DAY, valid_from)::TIMESTAMP, INTERVAL 1 MONTH))::DATE
               AS month
    FROM link_PAID_Person_Account
    WHERE register = '{DIBAO}' AND coalesce(status, '成功') = '成功' AND amount_yuan > 0),
paid AS (
    SELECT h.id AS household_id, '{DIBAO}' AS register, s.month
    FROM spell AS s JOIN node_Household AS h
        ON h.register = '{DIBAO}' AND h.household_id = s.case_no
    UNION ALL
    SELECT m.end_id, '{DIBAO}', s.month
    FROM spell AS s JOIN link_MEMBER_OF_Person_Household AS m ON m.start_id = s.person_id
        AND m.end_id LIKE '{DIBAO}/%' AND coalesce(m.valid_from <= s.month, true)
        AND coalesce(s.month < m.valid_to, true)
    WHERE s.case_no IS NULL),
together AS (
    SELECT household_id, month, bool_or(register = '{DIBAO}') AS is_dibao
    FROM (SELECT * FROM held UNION ALL SELECT * FROM paid), period AS p
    WHERE month BETWEEN p.first AND p.last GROUP BY ALL)
SELECT c.household_id, c.month, c.is_dibao, coalesce(h.area_code, '000000000000') AS area_code,
       h.urban_rural, h.declared_income_pc_yuan AS declared_pc_yuan
FROM together AS c JOIN node_Household AS h ON h.id = c.household_id
WHERE ?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], c.household_id)
"""

# Out: the dead from the month after, people in military service, and in a 低保 household those
# kept as 特困. The registers in the graph do not know prisoners.
MEMBERS = f"""
CREATE OR REPLACE TEMP TABLE member AS
WITH listed AS (
    SELECT DISTINCT c.household_id, c.month, c.is_dibao, m.start_id AS person_id, false AS added
    FROM cell AS c JOIN link_MEMBER_OF_Person_Household AS m ON m.end_id = c.household_id
        AND coalesce(date_trunc('month', m.valid_from) <= c.month, true)
        AND coalesce(c.month < m.valid_to, true)),
counted_in AS (
    SELECT * FROM listed UNION ALL
    SELECT DISTINCT c.household_id, c.month, c.is_dibao, e.person_id, true
    FROM cell AS c JOIN extra AS e ON e.household_id = c.household_id
        AND coalesce(date_trunc('month', e.valid_from) <= c.month, true)
        AND coalesce(c.month < e.valid_to, true)
    ANTI JOIN listed AS l ON l.household_id = c.household_id AND l.month = c.month
        AND l.person_id = e.person_id),
death AS (
    SELECT person_id, min(day) AS day FROM (
        SELECT start_id AS person_id, valid_from AS day FROM link_DIED_Person_DeathRecord
        WHERE grade IN {STRONG}
        UNION ALL
        SELECT id, hukou_status_date FROM node_Person WHERE hukou_status = '死亡')
    WHERE day IS NOT NULL GROUP BY ALL),
tekun AS (
    SELECT r.start_id AS person_id, greatest(r.valid_from, b.start_date) AS since,
           least(r.valid_to, b.end_date) AS until
    FROM link_RECEIVES_Person_Benefit AS r JOIN node_Benefit AS b ON b.id = r.end_id
    WHERE b.register = '{TEKUN}' AND r.grade IN {STRONG}),
kept AS (
    SELECT DISTINCT l.household_id, l.month, l.person_id
    FROM counted_in AS l JOIN tekun AS t ON t.person_id = l.person_id
        AND coalesce(date_trunc('month', t.since) <= l.month, true)
        AND coalesce(l.month < t.until, true)
    WHERE l.is_dibao)
SELECT l.household_id, l.month, l.person_id, l.added,
       CASE WHEN d.day < l.month THEN 'dead'
            WHEN p.hukou_status = '服现役' AND coalesce(p.hukou_status_date <= l.month, true)
                THEN 'in service'
            WHEN k.person_id IS NOT NULL THEN 'kept as tekun' END AS out
FROM counted_in AS l LEFT JOIN death AS d USING (person_id)
LEFT JOIN node_Person AS p ON p.id = l.person_id
LEFT JOIN kept AS k ON k.household_id = l.household_id AND k.month = l.month
    AND k.person_id = l.person_id
"""

# Where the register does not say town or country, the higher line stands: a doubt about the line
# must not take a household over it.
LINES = """
CREATE OR REPLACE TEMP TABLE line AS
SELECT c.household_id, c.month, f.value AS line_yuan, f.param, f.set_by, f.document_no, f.origin
FROM cell AS c LEFT JOIN force AS f ON f.area_code = c.area_code AND f.month = c.month
    AND f.param LIKE 'dibao.std_month_%'
    AND (c.urban_rural IS NULL OR f.param = CASE c.urban_rural
         WHEN '城市' THEN 'dibao.std_month_urban' ELSE 'dibao.std_month_rural' END)
QUALIFY row_number() OVER (PARTITION BY c.household_id, c.month
                           ORDER BY f.value DESC NULLS LAST, f.param) = 1
"""
