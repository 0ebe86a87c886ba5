-- L07 school fees (card L07).
-- Case: tuition and boarding that is not borrowed reach 10,000 in the school year in which the need
-- begins, and there is no student aid. Lookalike: the same fees, and aid or a loan.
WITH fees AS (
  SELECT p.claim, p.person_id, f.year, f.tuition + coalesce(f.boarding_fee, 0) AS fee, coalesce(f.loan, 0) AS loan
  FROM household_people p JOIN tertiary_tuition_loan f USING (person_id)
  UNION ALL SELECT p.claim, p.person_id, f.year, f.fee, 0 FROM household_people p
  JOIN private_school_fees f USING (person_id)),
owed AS (
  SELECT f.claim, sum(f.fee) AS fee, sum(f.loan) AS loan, f.year FROM fees f JOIN claims c USING (claim)
  WHERE f.year = CAST(left(c.month_from, 4) AS INTEGER) GROUP BY f.claim, f.year),
met AS (
  SELECT o.claim FROM owed o JOIN household_people p USING (claim) JOIN student_aid a
    ON a.person_id = p.person_id AND a.year = o.year
  UNION SELECT claim FROM owed WHERE fee - loan < 10000
  UNION SELECT claim FROM covered
  UNION SELECT o.claim FROM owed o JOIN aid a ON a.claim = o.claim AND a.day >= o.year::INTEGER || '-08')
SELECT claim FROM claims c JOIN owed o USING (claim)
WHERE o.fee >= 10000 AND (c.role = 'decoy') = (claim IN (FROM met));
