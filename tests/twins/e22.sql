-- E22 company or business role. Which members of a 低保 case, or persons kept by 特困, are
-- legal representative, executive (not supervisor) or holder of at least $min_ratio of an active business that shows
-- operation: revenue filed for months of the role or, where no filing of it tells of a revenue, be it
-- nothing, people employed? The months are those with revenue, else those of the role.
WITH role AS (
    SELECT start_id AS person_id, end_id AS company_id, valid_from, valid_to
    FROM link_LEGAL_REP_OF_Person_Company WHERE strong(grade)
    UNION ALL
    SELECT start_id, end_id, valid_from, valid_to FROM link_EXEC_OF_Person_Company
    WHERE coalesce(position, '') <> '监事' AND strong(grade)
    UNION ALL
    SELECT start_id, end_id, valid_from, valid_to FROM link_SHAREHOLDER_OF_Person_Company
    WHERE ratio >= $min_ratio AND strong(grade)),
active AS (
    SELECT r.person_id, r.company_id, c.employees,
           coalesce(r.valid_from, c.setup_date, DATE '0001-01-01') AS since,
           day_or_last(r.valid_to) AS until
    FROM role AS r JOIN node_Company AS c ON c.id = r.company_id WHERE c.status = '存续'),
revenue AS (
    SELECT f.start_id AS company_id,
           plus_months(x.period_end, 1 - coalesce(x.period_months, 1)) AS since,
           plus_months(x.period_end, 1) AS until
    FROM link_FILED_Company_TaxFiling AS f JOIN node_TaxFiling AS x ON x.id = f.end_id
    WHERE x.revenue_yuan > 0 AND x.period_end < $as_of_end AND strong(f.grade)),
earning AS (
    SELECT a.person_id, a.company_id, greatest(a.since, v.since) AS since,
           least(a.until, v.until) AS until
    FROM active AS a JOIN revenue AS v USING (company_id)
    WHERE greatest(a.since, v.since) < least(a.until, v.until)),
operating AS (
    FROM earning
    UNION ALL
    SELECT a.person_id, a.company_id, a.since, a.until FROM active AS a
    WHERE a.employees > 0 AND a.company_id NOT IN (
        SELECT f.start_id FROM link_FILED_Company_TaxFiling AS f
        JOIN node_TaxFiling AS x ON x.id = f.end_id
        WHERE x.revenue_yuan IS NOT NULL AND x.period_end < $as_of_end))
SELECT c.household, c.person_id, o.company_id, c.benefit, greatest(c.since, o.since) AS fact_from,
       last_or_open(least(c.until, o.until)) AS fact_to
FROM operating AS o JOIN assessed AS c USING (person_id)
WHERE greatest(c.since, o.since) < least(c.until, o.until, $as_of_end)
