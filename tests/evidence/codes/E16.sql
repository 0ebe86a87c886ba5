-- E16 car held by a nominee relative (card E16).
-- Case: a member is fined three times at least, over six months, in a car of somebody outside the
-- household who is over 75, under 18, kin, or has no licence, and the household also pays premium or
-- purchase tax, or its phone is on the policy. X13: the owner gave or lends
-- it: premium and tax are paid by the owner. X15: the fines lie outside the months of benefit or span
-- less than six months.
WITH fines AS (
  SELECT c.claim, c.person_id, v.plate, v.vin, v.owner_id, count(*) AS times,
    min(left(f.violation_time, 10)) AS first, max(left(f.violation_time, 10)) AS last
  FROM claims c JOIN members m USING (household_id)
  JOIN driver_and_violations f ON f.driver_id = m.person_id AND f.violation_time IS NOT NULL
  JOIN vehicle_registration v ON v.plate = f.plate
  WHERE v.owner_id NOT IN (SELECT k.person_id FROM members k WHERE k.household_id = c.household_id)
  GROUP BY ALL),
apt AS (
  SELECT f.claim FROM fines f JOIN relatives r ON r.claim = f.claim AND r.person_id = f.owner_id
  UNION SELECT f.claim FROM fines f JOIN claims c USING (claim)
    WHERE age_in(f.owner_id, c.month_to) NOT BETWEEN 18 AND 75
      OR NOT EXISTS (FROM driver_and_violations d WHERE d.driver_id = f.owner_id)),
pays AS (
  SELECT f.claim FROM fines f JOIN vehicle_insurance i ON i.vin = f.vin
    JOIN claims c USING (claim) JOIN members m ON m.household_id = c.household_id
  WHERE m.person_id IN (i.holder_id, i.insured_id)
  UNION SELECT f.claim FROM fines f JOIN vehicle_insurance i ON i.vin = f.vin
    JOIN claims c USING (claim) JOIN members m ON m.household_id = c.household_id
    JOIN mobile_registration p ON p.holder_id = m.person_id AND p.phone_hash = i.driver_phone_hash
  UNION SELECT f.claim FROM fines f JOIN vehicle_purchase_tax t ON t.vin = f.vin
    JOIN claims c USING (claim) JOIN members m ON m.household_id = c.household_id
      AND m.person_id = t.payer_id),
owner_pays AS (
  SELECT f.claim FROM fines f JOIN vehicle_insurance i ON i.vin = f.vin AND i.holder_id = f.owner_id
  UNION SELECT f.claim FROM fines f JOIN vehicle_purchase_tax t ON t.vin = f.vin
    AND t.payer_id = f.owner_id)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN fines f USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN f.times >= 3 AND later(left(f.first, 7), 6) <= left(f.last, 7)
    AND left(f.last, 7) >= c.month_from AND left(f.first, 7) <= c.month_to
    AND c.claim IN (FROM apt) AND c.claim IN (FROM pays)
  WHEN 'X13' THEN c.claim NOT IN (FROM pays) AND c.claim IN (FROM owner_pays)
  WHEN 'X15' THEN left(f.last, 7) < c.month_from OR later(left(f.first, 7), 6) > left(f.last, 7)
  ELSE false END;
