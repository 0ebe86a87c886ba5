-- E39 non-resident recipient (card E39).
-- Case: three sources agree that the person has lived elsewhere for twelve months before the first
-- month: permit, medical insurance elsewhere, an empty meter, treatment elsewhere. X16: in care, or
-- living with a child. X20: a member of the household is treated again and again.
WITH away AS (
  SELECT c.claim, 'permit' AS source FROM claims c JOIN residence_permit p USING (person_id)
  WHERE left(p.area_code, 6) <> (FROM county) AND later(left(p.from_date, 7), 11) <= c.month_from
    AND left(coalesce(p.to_date, '9999-12'), 7) >= c.month_to
  UNION SELECT c.claim, 'insurance' FROM claims c JOIN medical_insurance_enrolment e USING (person_id)
  WHERE left(e.area_code, 6) <> (FROM county) AND e.year = CAST(left(c.month_from, 4) AS INTEGER)
  UNION SELECT c.claim, 'power' FROM claims c JOIN dibao_household_register r USING (household_id)
  JOIN electricity_usage e ON e.account_holder = c.person_id OR e.address_code = r.address_code
  WHERE e.month BETWEEN c.month_from AND c.month_to
  GROUP BY c.claim HAVING max(e.kwh) <= 10
  UNION SELECT c.claim, 'water' FROM claims c JOIN dibao_household_register r USING (household_id)
  JOIN water_gas_usage e ON e.account_holder = c.person_id OR e.address_code = r.address_code
  WHERE e.month BETWEEN c.month_from AND c.month_to
  GROUP BY c.claim HAVING max(e.volume) <= 1),
counted AS (SELECT claim, count(*) AS sources FROM away GROUP BY claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN counted n USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN n.sources >= 3
  WHEN 'X16' THEN EXISTS (FROM institution_residents i WHERE i.person_id = c.person_id
    AND touches(i.check_in, i.check_out, c.month_from, c.month_to))
  WHEN 'X20' THEN EXISTS (SELECT 1 FROM inpatient_settlement i JOIN members m USING (person_id)
    WHERE m.household_id = c.household_id AND i.admit >= later(c.month_from, -12)
      AND left(i.admit, 7) <= c.month_to HAVING count(DISTINCT i.admit) >= 2)
  ELSE false END;
