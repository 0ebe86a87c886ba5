-- E31 unfiled relatives of officials. For which 低保 or 特困 benefits, and which official in post, is
-- somebody covered who is kin of the official within $max_degree degrees, while the official filed
-- no relative of that case? On which days, to the day of the filing? An official's own household
-- is not meant.
WITH post AS (
    SELECT start_id AS official_id, day_or_first(valid_from) AS since,
           day_or_last(valid_to) AS until
    FROM link_SERVES_AS_Person_Office WHERE strong(grade)),
-- Who belongs to a case: those covered, and the members of the household, paid for or not.
in_case AS (
    SELECT DISTINCT a.household, a.benefit, a.programme, b.person_id
    FROM covered AS a JOIN covered AS b USING (benefit)
    UNION
    SELECT DISTINCT a.household, a.benefit, a.programme, m.start_id
    FROM covered AS a JOIN link_MEMBER_OF_Person_Household AS m ON m.end_id = a.household),
filing AS (
    SELECT w.start_id AS official_id, c.household, c.benefit, min(w.valid_from) AS filed_on
    FROM link_FILED_KIN_Person_Person AS w JOIN in_case AS c ON c.person_id = w.end_id
    WHERE coalesce(w.status, '有效') = '有效'
      AND (w.programme IS NULL OR w.programme = c.programme)
    GROUP BY ALL)
SELECT DISTINCT c.household, p.official_id, c.benefit,
       greatest(c.since, p.since, k.since) AS fact_from,
       last_or_open(least(c.until, p.until, k.until, day_or_last(f.filed_on))) AS fact_to
FROM post AS p
JOIN kin AS k ON k.a = p.official_id AND k.is_strong AND k.degree <= $max_degree
JOIN covered AS c ON c.person_id = k.b
LEFT JOIN filing AS f ON f.official_id = p.official_id AND f.benefit = c.benefit
    AND f.household = c.household
WHERE c.programme IN ('低保', '特困')
  AND NOT EXISTS (SELECT 1 FROM link_MEMBER_OF_Person_Household AS m
                  WHERE m.start_id = p.official_id AND m.end_id = c.household)
  AND greatest(c.since, p.since, k.since)
      < least(c.until, p.until, k.until, day_or_last(f.filed_on), $as_of_end)
