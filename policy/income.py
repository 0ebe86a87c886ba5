"""What a member's registers say was earned in a month, as SQL over a projection."""

from __future__ import annotations

from doudi.policy.household import STRONG

# One person, one month, one wage: insurance, fund and payroll mostly tell of the same job, and a
# change of job leaves two employers in its month, so the greatest counts and nothing is added up.
WAGES = f"""
CREATE OR REPLACE TEMP TABLE earned AS
WITH work AS (
    SELECT start_id AS person_id, kind, post_type, base_yuan, rid, valid_from, valid_to
    FROM link_EMPLOYED_BY_Person_Company WHERE grade IN {STRONG} AND (
        kind = 'social_insurance' AND NOT coalesce(flexible, false)
            AND coalesce(status, '正常缴费') = '正常缴费'
        OR kind = 'provident_fund' AND coalesce(status, '正常') <> '封存'
        OR kind IN ('public_payroll', 'welfare_post'))
    UNION ALL
    SELECT start_id, kind, post_type, base_yuan, rid, valid_from, valid_to
    FROM link_EMPLOYED_BY_Person_PublicUnit WHERE grade IN {STRONG})
SELECT m.household_id, m.month, m.person_id, w.rid, w.kind, w.base_yuan AS yuan,
       CASE WHEN w.kind = 'welfare_post' THEN 'welfare_post'
            WHEN w.kind = 'public_payroll' AND w.post_type IN ('退休', '遗属') THEN 'transfer'
            ELSE 'wage' END AS part
FROM member AS m JOIN work AS w ON w.person_id = m.person_id
    AND coalesce(date_trunc('month', w.valid_from) <= m.month, true)
    AND coalesce(m.month < w.valid_to, true)
WHERE m.out IS NULL AND w.base_yuan > 0
QUALIFY row_number() OVER (PARTITION BY m.household_id, m.month, m.person_id, part
                           ORDER BY w.base_yuan DESC, w.rid) = 1
"""

# An individual business and a sole proprietorship are their operator's; of any other company a
# person has his share, directly or through others. A loss counts as nothing, not against wages.
BUSINESS = f"""
CREATE OR REPLACE TEMP TABLE business AS
WITH stake AS (
    SELECT l.start_id AS person_id, l.end_id AS company, 1.0 AS share, l.valid_from, l.valid_to,
           l.rid
    FROM link_LEGAL_REP_OF_Person_Company AS l JOIN node_Company AS c ON c.id = l.end_id
    WHERE l.grade IN {STRONG} AND (c.kind = 'individual' OR c.type = '个人独资企业')
    UNION ALL
    SELECT start_id, end_id, share, valid_from, valid_to, rid
    FROM link_CONTROLS_Person_Company WHERE grade IN {STRONG}
    UNION ALL
    SELECT start_id, end_id, ratio, valid_from, valid_to, rid
    FROM link_SHAREHOLDER_OF_Person_Company WHERE grade IN {STRONG}),
filing AS (
    SELECT f.start_id AS company, f.rid, t.profit_yuan / coalesce(t.period_months, 1) AS yuan,
           (t.period_end - to_months(coalesce(t.period_months, 1)::INT - 1))::DATE AS since,
           (t.period_end + INTERVAL 1 MONTH)::DATE AS until
    FROM link_FILED_Company_TaxFiling AS f JOIN node_TaxFiling AS t ON t.id = f.end_id
    WHERE t.profit_yuan > 0 AND coalesce(t.status, '正常') = '正常')
SELECT m.household_id, m.month, m.person_id, s.company, s.share, f.yuan * s.share AS yuan,
       s.rid, f.rid AS filing
FROM member AS m JOIN stake AS s ON s.person_id = m.person_id
    AND coalesce(date_trunc('month', s.valid_from) <= m.month, true)
    AND coalesce(m.month < s.valid_to, true)
JOIN filing AS f ON f.company = s.company AND f.since <= m.month AND m.month < f.until
WHERE m.out IS NULL AND s.share > 0
QUALIFY row_number() OVER (PARTITION BY m.household_id, m.month, m.person_id, s.company
                           ORDER BY s.share DESC, f.yuan DESC, s.rid) = 1
"""

# What a person declared stands only where no register says anything about the person.
PERSONS = """
CREATE OR REPLACE TEMP TABLE person_month AS
WITH parts AS (
    SELECT household_id, month, person_id,
           coalesce(sum(yuan) FILTER (part = 'wage'), 0) AS wage,
           coalesce(sum(yuan) FILTER (part = 'transfer'), 0) AS transfer,
           coalesce(sum(yuan) FILTER (part = 'welfare_post'), 0) AS welfare
    FROM earned GROUP BY ALL),
firm AS (SELECT household_id, month, person_id, sum(yuan) AS business FROM business GROUP BY ALL),
said AS (
    SELECT m.household_id, m.month, m.person_id, max(l.declared_income_yuan) AS declared
    FROM member AS m JOIN link_MEMBER_OF_Person_Household AS l
        ON l.start_id = m.person_id AND l.end_id = m.household_id
        AND coalesce(date_trunc('month', l.valid_from) <= m.month, true)
        AND coalesce(m.month < l.valid_to, true)
    GROUP BY ALL),
rate AS (
    SELECT area_code, month,
           max(value) FILTER (param = 'income.employment_deduct')
               * max(value) FILTER (param = 'wage.minimum_month') AS deduct,
           coalesce(max(value) FILTER (param = 'income.welfare_post_counted'), 0) AS welfare
    FROM force GROUP BY ALL)
SELECT household_id, month, person_id, m.added,
       coalesce(p.wage, 0) + coalesce(p.welfare, 0) * r.welfare AS wage_yuan,
       coalesce(f.business, 0) AS business_yuan, coalesce(p.transfer, 0) AS transfer_yuan,
       coalesce(p.welfare, 0) AS welfare_post_yuan,
       least(coalesce(p.wage, 0), coalesce(r.deduct, 0)) AS deduct_yuan,
       CASE WHEN coalesce(p.wage, 0) + coalesce(p.transfer, 0) + coalesce(f.business, 0) = 0
            THEN coalesce(s.declared, 0) ELSE 0 END AS declared_yuan
FROM member AS m
JOIN cell AS c USING (household_id, month)
LEFT JOIN rate AS r ON r.area_code = c.area_code AND r.month = month
LEFT JOIN parts AS p USING (household_id, month, person_id)
LEFT JOIN firm AS f USING (household_id, month, person_id)
LEFT JOIN said AS s USING (household_id, month, person_id)
WHERE m.out IS NULL
"""
