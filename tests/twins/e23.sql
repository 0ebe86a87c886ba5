-- E23 control through chains. Which members of a 低保 case, or persons kept by 特困, hold,
-- only through other companies, at least $min_share of an active company over all chains and rings; or act for it (legal
-- representative, or executive but not supervisor) while they and their kin of degree two or less
-- hold at least $min_concert, kin by a marriage while it lasts? Only where the revenue of twelve months is over $min_revenue; the
-- months are those of the filings that reach it, from the latest start on the strongest chain.
WITH RECURSIVE stated AS (
    SELECT 'person' AS kind, start_id AS holder, end_id AS company, ratio, valid_from
    FROM link_SHAREHOLDER_OF_Person_Company
    WHERE ratio > 0 AND strong(grade) AND coalesce(valid_from < $as_of_end, true)
      AND coalesce(valid_to >= $as_of_end, true)
    UNION ALL
    SELECT 'company', start_id, end_id, ratio, valid_from
    FROM link_SHAREHOLDER_OF_Company_Company
    WHERE ratio > 0 AND strong(grade) AND coalesce(valid_from < $as_of_end, true)
      AND coalesce(valid_to >= $as_of_end, true)),
newest AS (
    FROM stated QUALIFY rank() OVER (
        PARTITION BY kind, holder, company ORDER BY valid_from DESC NULLS LAST) = 1),
summed AS (
    SELECT kind, holder, company, sum(ratio) AS ratio, max(valid_from) AS since
    FROM newest GROUP BY ALL),
-- Holders who together state more than all of a company are scaled down to all of it.
holding AS (
    SELECT kind, holder, company, since,
           ratio / greatest(1, sum(ratio) OVER (PARTITION BY company)) AS ratio
    FROM summed),
-- Every walk from a person into a company; what a walk carries falls with each step.
walk AS (
    SELECT holder AS person_id, company, ratio AS carried, 1 AS steps, day_or_first(since) AS since
    FROM holding WHERE kind = 'person'
    UNION ALL
    SELECT w.person_id, h.company, w.carried * h.ratio, w.steps + 1,
           greatest(w.since, day_or_first(h.since))
    FROM walk AS w JOIN holding AS h ON h.kind = 'company' AND h.holder = w.company
    WHERE w.carried * h.ratio > 1e-7 AND w.steps < 200),
share AS (
    SELECT person_id, company, least(1, sum(carried)) AS share,
           coalesce(sum(carried) FILTER (steps = 1), 0) AS direct,
           arg_max(since, (round(carried, 12), -steps)) AS since
    FROM walk GROUP BY ALL HAVING sum(carried) >= 0.01 - 1e-6),
post AS (
    SELECT start_id AS person_id, end_id AS company, valid_from, valid_to
    FROM link_LEGAL_REP_OF_Person_Company WHERE strong(grade)
    UNION ALL
    SELECT start_id, end_id, valid_from, valid_to FROM link_EXEC_OF_Person_Company
    WHERE coalesce(position, '') <> '监事' AND strong(grade)),
in_post AS (
    SELECT row_number() OVER () AS no, person_id, company, valid_from AS since,
           day_or_last(valid_to) AS until
    FROM post),
kin_share AS (
    SELECT p.no, p.person_id, p.company, q.share, greatest(q.since, min(k.since)) AS since
    FROM in_post AS p JOIN share AS q USING (company)
    JOIN kin AS k ON k.a = p.person_id AND k.b = q.person_id AND k.is_strong AND k.degree <= 2
    WHERE k.since < $as_of_end AND $as_of_end <= k.until
    GROUP BY p.no, p.person_id, p.company, q.person_id, q.share, q.since),
concert AS (
    SELECT k.person_id, k.company, sum(k.share) + coalesce(any_value(own.share), 0) AS share,
           greatest(any_value(p.since), max(k.since)) AS since, any_value(p.until) AS until
    FROM kin_share AS k JOIN in_post AS p USING (no)
    LEFT JOIN share AS own ON own.person_id = p.person_id AND own.company = p.company
    GROUP BY k.no, k.person_id, k.company),
control AS (
    SELECT person_id, company, since, DATE '9999-12-31' AS until
    FROM share WHERE share >= $min_share - 1e-9 AND direct < share - 0.001
    UNION ALL
    SELECT person_id, company, since, until FROM concert WHERE share >= $min_concert - 1e-9),
filed AS (
    SELECT f.start_id AS company, x.revenue_yuan,
           plus_months(x.period_end, 1 - coalesce(x.period_months, 1)) AS since,
           plus_months(x.period_end, 1) AS until
    FROM link_FILED_Company_TaxFiling AS f JOIN node_TaxFiling AS x ON x.id = f.end_id
    WHERE x.revenue_yuan > 0 AND x.period_end < $as_of_end AND strong(f.grade)),
year AS (
    SELECT f.company, f.since, f.until, sum(g.revenue_yuan) AS revenue_yuan
    FROM filed AS f JOIN filed AS g ON g.company = f.company
        AND g.until <= f.until AND g.until > plus_months(f.until, -12)
    GROUP BY ALL)
SELECT c.household, c.person_id, k.company AS company_id, c.benefit,
       greatest(c.since, k.since, y.since) AS fact_from, least(c.until, k.until, y.until) AS fact_to
FROM control AS k JOIN node_Company AS n ON n.id = k.company AND n.status = '存续'
JOIN year AS y ON y.company = k.company AND y.revenue_yuan > $min_revenue
JOIN assessed AS c ON c.person_id = k.person_id
WHERE greatest(c.since, k.since, y.since) < least(c.until, k.until, y.until)
