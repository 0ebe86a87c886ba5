-- E11 wage implied by the provident fund. For which members of 低保 or 特困 households ran deposits
-- into the provident fund for at least $min_months without a break, by whatever employers? A sealed
-- account takes no deposits.
WITH spell AS (
    SELECT start_id AS person_id, valid_from AS since,
           least(day_or_last(valid_to), $as_of_end) AS until
    FROM link_EMPLOYED_BY_Person_Company
    WHERE kind = 'provident_fund' AND coalesce(status, '正常') <> '封存'
      AND strong(grade) AND valid_from < $as_of_end),
marked AS (
    SELECT *, since > max(until) OVER (
        PARTITION BY person_id ORDER BY since, until
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_break
    FROM spell),
numbered AS (
    SELECT *, count(*) FILTER (is_break) OVER (
        PARTITION BY person_id ORDER BY since, until) AS run
    FROM marked),
run AS (
    SELECT person_id, min(since) AS since, max(until) AS until
    FROM numbered GROUP BY person_id, run
    HAVING plus_months(min(since), $min_months) <= max(until))
SELECT c.household, c.person_id, c.benefit,
       greatest(c.since, r.since) AS fact_from, least(c.until, r.until) AS fact_to
FROM run AS r JOIN assessed AS c USING (person_id)
WHERE greatest(c.since, r.since) < least(c.until, r.until)
