-- E10 wages implied by employee insurance. For which members of 低保 or 特困 households were pension
-- contributions paid for at least $min_months without a break, by whatever employers? Contributions
-- of the flexibly employed are told apart. Arrears and stopped accounts show no work.
WITH spell AS (
    SELECT start_id AS person_id, coalesce(flexible, false) AS flexible, valid_from AS since,
           least(day_or_last(valid_to), $as_of_end) AS until
    FROM link_EMPLOYED_BY_Person_Company
    WHERE kind = 'social_insurance' AND coalesce(status, '正常缴费') = '正常缴费'
      AND strong(grade) AND valid_from < $as_of_end),
marked AS (
    SELECT *, since > max(until) OVER (
        PARTITION BY person_id, flexible ORDER BY since, until
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_break
    FROM spell),
numbered AS (
    SELECT *, count(*) FILTER (is_break) OVER (
        PARTITION BY person_id, flexible ORDER BY since, until) AS run
    FROM marked),
run AS (
    SELECT person_id, flexible, min(since) AS since, max(until) AS until
    FROM numbered GROUP BY person_id, flexible, run
    HAVING plus_months(min(since), $min_months) <= max(until))
SELECT c.household, c.person_id, r.flexible, c.benefit,
       greatest(c.since, r.since) AS fact_from, least(c.until, r.until) AS fact_to
FROM run AS r JOIN assessed AS c USING (person_id)
WHERE greatest(c.since, r.since) < least(c.until, r.until)
