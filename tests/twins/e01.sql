-- E01 deceased still paid. Which persons whom a register records as dead are still covered by a
-- benefit that is paid for them after the month of death and the months of grace?
-- 低保边缘 and 刚性支出 are recognitions that pay nothing.
-- $grace_months: months after the month of death that may still be paid.
-- A record with another name, and not the person's birth date, counts only where there is no other.
WITH record AS (
    SELECT d.start_id AS person_id, x.death_date,
           coalesce(x.name_token <> p.name_token, false)
               AND coalesce(x.birth_date <> p.birth_date, true) AS is_others
    FROM link_DIED_Person_DeathRecord AS d JOIN node_DeathRecord AS x ON x.id = d.end_id
    JOIN node_Person AS p ON p.id = d.start_id
    WHERE strong(d.grade) AND x.death_date < $as_of_end),
dead AS (
    SELECT person_id,
           coalesce(min(death_date) FILTER (NOT is_others), min(death_date)) AS death_date
    FROM record GROUP BY ALL),
after_death AS (
    -- Payments may run on after the benefit's own end.
    SELECT c.household, c.person_id, c.benefit,
           CASE WHEN c.until >= b.end_date THEN DATE '9999-12-31' ELSE c.until END AS until,
           greatest(c.since, plus_months(month_after(d.death_date), $grace_months)) AS fact_from
    FROM covered AS c JOIN dead AS d USING (person_id)
    JOIN node_Benefit AS b ON b.id = c.benefit
    WHERE c.programme NOT IN ('低保边缘', '刚性支出'))
SELECT household, person_id, benefit, fact_from, last_or_open(until) AS fact_to
FROM after_death WHERE fact_from < least(until, $as_of_end)
