-- E28 consumption inconsistent with declaration (card E28).
-- Case: three signals at least in the twelve months of the claim: power use among the top tenth of the
-- county's homes of as many people, private-school fees paid by the household, money spent from its
-- accounts half again what it declares and gets, a car, a pre-sale home, an order against high spending, dear
-- premiums. X13: a signal that somebody outside the household pays for; without it there are fewer.
WITH spans AS (SELECT claim, household_id, month_from, month_to,
    CAST(left(month_from, 4) AS INTEGER) AS year FROM claims),
people AS (
  SELECT s.claim, m.person_id, s.month_from, s.month_to, s.year FROM spans s JOIN members m USING (household_id)
  WHERE left(m.removed, 7) >= s.month_to),
sizes AS (SELECT address_code, count(*) AS size FROM hukou_population GROUP BY address_code),
powers AS (
  SELECT e.address_code, s.size, sum(e.kwh) AS kwh FROM electricity_usage e JOIN sizes s USING (address_code)
  WHERE e.month BETWEEN (SELECT min(month_from) FROM spans) AND (SELECT max(month_to) FROM spans)
  GROUP BY e.address_code, s.size),
tops AS (SELECT size, quantile_cont(kwh, 0.9) AS kwh FROM powers GROUP BY size),
own_power AS (
  SELECT claim, sum(kwh) AS kwh FROM (
    SELECT DISTINCT p.claim, e.meter_no, e.month, e.kwh FROM people p
    JOIN electricity_usage e ON e.account_holder = p.person_id AND e.month BETWEEN p.month_from AND p.month_to)
  GROUP BY claim),
fees AS (
  SELECT p.claim, f.payer_id IN (SELECT q.person_id FROM people q WHERE q.claim = p.claim) AS is_own
  FROM people p JOIN private_school_fees f ON f.person_id = p.person_id
    AND f.year BETWEEN p.year - 1 AND p.year + 1),
spent AS (
  SELECT p.claim, sum(t.out_amount) / 12 AS a_month FROM people p JOIN (
    SELECT person_id, account_hash FROM bank_balance
    UNION SELECT person_id, card_hash FROM social_security_card) a USING (person_id)
  JOIN account_transaction_summary t ON t.account_hash = a.account_hash
    AND t.month BETWEEN p.month_from AND p.month_to GROUP BY p.claim),
signals AS (
  SELECT o.claim, 'power' AS signal FROM own_power o JOIN means m USING (claim) JOIN tops t ON t.size = m.heads
  WHERE o.kwh > t.kwh
  UNION SELECT claim, 'school' FROM fees WHERE is_own
  UNION SELECT s.claim, 'money' FROM spent s JOIN means m USING (claim) JOIN claims c USING (claim)
    WHERE s.a_month > 1.5 * (m.declared_pc * m.heads + c.amount / 12)
  UNION SELECT p.claim, 'car' FROM people p JOIN vehicle_registration v ON v.owner_id = p.person_id
  UNION SELECT p.claim, 'presale' FROM people p JOIN presale_contract b ON list_contains(b.buyer_ids, p.person_id)
  UNION SELECT p.claim, 'order' FROM people p JOIN dishonest_list d USING (person_id)
  UNION SELECT p.claim, 'premium' FROM people p JOIN commercial_life_insurance i ON i.holder_id = p.person_id
    WHERE i.annual_premium > 10000),
counts AS (
  SELECT c.claim, count(DISTINCT s.signal) AS n FROM claims c LEFT JOIN signals s USING (claim)
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN counts n USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN n.n >= 3
  WHEN 'X13' THEN n.n < 3 AND c.claim IN (SELECT claim FROM fees WHERE NOT is_own)
  ELSE false END;
