-- E33 shared account. Into which accounts did money arrive, on the same days, for at least
-- $min_payees payees no two of whom are kin within two degrees, or of one household or one household
-- book? One row for every payee in such a set and every benefit whose money went there, with the
-- days on which the set was together and that benefit arrived.
WITH RECURSIVE spell AS (
    SELECT end_id AS account_id, start_id AS person_id, register, valid_from AS since,
           coalesce(valid_to, $as_of_end) AS until
    FROM link_PAID_Person_Account
    WHERE coalesce(status, '成功') = '成功' AND amount_yuan > 0 AND valid_from < $as_of_end
      AND strong(grade)),
-- Spells that touch are one stay.
begun AS (
    SELECT *, since > max(until) OVER (
        PARTITION BY account_id, person_id ORDER BY since, until
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_new
    FROM spell),
counted AS (
    SELECT *, count(*) FILTER (is_new) OVER (
        PARTITION BY account_id, person_id ORDER BY since, until) AS stay
    FROM begun),
payee AS (
    SELECT account_id, person_id, stay, min(since) AS since, max(until) AS until
    FROM counted GROUP BY ALL),
near AS (
    SELECT a, b FROM kin WHERE degree <= 2
    UNION
    SELECT x.start_id, y.start_id FROM link_MEMBER_OF_Person_Household AS x
    JOIN link_MEMBER_OF_Person_Household AS y USING (end_id) WHERE x.start_id <> y.start_id
    UNION
    SELECT x.start_id, y.start_id FROM link_REGISTERED_IN_Person_HukouBook AS x
    JOIN link_REGISTERED_IN_Person_HukouBook AS y USING (end_id) WHERE x.start_id <> y.start_id),
close_to AS (SELECT a AS person_id, list(b) AS people FROM near GROUP BY ALL),
busy AS (
    SELECT payee.*, coalesce(c.people, []) AS near_people
    FROM payee SEMI JOIN (
        SELECT account_id FROM payee GROUP BY ALL
        HAVING count(DISTINCT person_id) >= $min_payees) USING (account_id)
    LEFT JOIN close_to AS c USING (person_id)),
-- Sets of strangers grow one payee at a time, in the order of their ids. (A correlated subquery in
-- a recursion makes DuckDB 1.5 crash now and then; lists do not.)
strangers AS (
    SELECT account_id, [person_id] AS people, person_id AS last_id, since, until FROM busy
    UNION ALL
    SELECT s.account_id, list_append(s.people, b.person_id), b.person_id,
           greatest(s.since, b.since), least(s.until, b.until)
    FROM strangers AS s JOIN busy AS b
      ON b.account_id = s.account_id AND b.person_id > s.last_id
    WHERE len(s.people) < $min_payees AND greatest(s.since, b.since) < least(s.until, b.until)
      AND NOT list_has_any(s.people, b.near_people)),
together AS (
    SELECT DISTINCT account_id, unnest(people) AS person_id, since, until
    FROM strangers WHERE len(people) = $min_payees),
used AS (SELECT DISTINCT account_id, person_id, register, since, until FROM spell)
SELECT DISTINCT c.household, c.person_id, c.benefit, t.account_id,
       greatest(c.since, t.since, u.since) AS fact_from,
       least(c.until, t.until, u.until) AS fact_to
FROM together AS t JOIN used AS u USING (account_id, person_id)
JOIN covered AS c ON c.person_id = t.person_id AND c.register = u.register
WHERE greatest(c.since, t.since, u.since) < least(c.until, t.until, u.until)
