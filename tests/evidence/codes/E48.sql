-- E48 village-level anomalies (card E48).
-- Case: of at least twenty households of a village the share that gets one and the same amount lies three
-- standard deviations over the villages of the county. Lookalike: the same, where disasters struck as many
-- households at least as the village has in the register; a case has no such disaster.
WITH villages AS (
  SELECT area_code, max(n) * 1.0 / sum(n) AS same, sum(n) AS n FROM (
    SELECT area_code, monthly_amount, count(*) AS n FROM dibao_household_register
    GROUP BY area_code, monthly_amount) GROUP BY area_code),
peers AS (SELECT median(same) AS p FROM villages WHERE n >= 20),
odd AS (SELECT v.area_code, v.n FROM villages v, peers
  WHERE v.n >= 20 AND v.same > p + 3 * sqrt(p * (1 - p) / v.n)),
struck AS (SELECT o.area_code FROM odd o JOIN disaster_loss d USING (area_code)
  GROUP BY o.area_code, o.n HAVING count(*) >= o.n)
SELECT DISTINCT c.claim FROM claims c JOIN odd o ON c.difficulty = 'area ' || o.area_code
JOIN village_committee_roster v ON v.person_id = c.person_id AND v.area_code = o.area_code
WHERE (c.role = 'decoy') = (o.area_code IN (FROM struck));
