-- E09 public payroll member. Which members of 低保 or 特困 households are paid by a public unit (as
-- staff, or in a welfare post) on days on which they are covered?
SELECT c.household, c.person_id, e.end_id AS unit_id, c.benefit,
       greatest(c.since, day_or_first(e.valid_from)) AS fact_from,
       last_or_open(least(c.until, day_or_last(e.valid_to))) AS fact_to
FROM link_EMPLOYED_BY_Person_PublicUnit AS e JOIN assessed AS c ON c.person_id = e.start_id
WHERE e.kind IN ('public_payroll', 'welfare_post')
  AND strong(e.grade) AND e.valid_from IS NOT NULL
  AND greatest(c.since, day_or_first(e.valid_from))
      < least(c.until, day_or_last(e.valid_to), $as_of_end)
