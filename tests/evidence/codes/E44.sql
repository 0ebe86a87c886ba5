-- E44 ghost recipients (card E44).
-- Case: money is paid, and of nine departments none has ever heard of the person. X14: none has, but a
-- certificate or an assessment shows an old or disabled person for whom somebody acts.
WITH traces AS (
  SELECT person_id FROM hukou_population UNION SELECT person_id FROM id_document
  UNION SELECT person_id FROM medical_insurance_enrolment UNION SELECT person_id FROM social_security_card
  UNION SELECT holder_id FROM mobile_registration UNION SELECT person_id FROM student_enrolment
  UNION SELECT person_id FROM individual_income_tax UNION SELECT person_id FROM employee_social_insurance
  UNION SELECT person_id FROM resident_pension_payment UNION SELECT person_id FROM deaths
  UNION SELECT person_id FROM inpatient_settlement UNION SELECT account_holder FROM electricity_usage),
frail AS (
  SELECT person_id FROM disability_certificate UNION
  SELECT person_id FROM elderly_disability_assessment UNION SELECT person_id FROM severe_mental_disorder)
SELECT c.claim FROM claims c JOIN settled USING (claim)
WHERE c.person_id NOT IN (SELECT person_id FROM traces WHERE person_id IS NOT NULL)
  AND CASE c.clearing_code
    WHEN '' THEN c.person_id NOT IN (SELECT person_id FROM frail WHERE person_id IS NOT NULL)
    WHEN 'X14' THEN c.person_id IN (SELECT person_id FROM frail WHERE person_id IS NOT NULL)
    ELSE false END;
