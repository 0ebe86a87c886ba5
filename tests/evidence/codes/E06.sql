-- E06 suspected sham divorce (card E06).
-- Case: divorced for six months at least, and two of: one dwelling still, one phone, a common child born
-- later, premiums or loans for each other, property given to the other, remarriage, application within
-- twelve months. X16: a life event beside it: violence found true, or a divorce of the court.
WITH parted AS (
  SELECT c.claim, c.person_id, d.spouse, d.divorce_date, r.approve_date, r.address_code, r.phone_hash
  FROM claims c JOIN members m ON m.household_id = c.household_id
  JOIN divorces d ON d.person_id = m.person_id
  JOIN dibao_household_register r ON r.household_id = c.household_id
  WHERE d.divorce_date <= r.approve_date AND later(left(d.divorce_date, 7), 6) <= c.month_to),
links AS (
  SELECT p.claim, 'application' AS link FROM parted p
  WHERE days_on(p.divorce_date, 366) >= p.approve_date
  UNION SELECT p.claim, 'dwelling' FROM parted p JOIN hukou_population h ON h.person_id = p.spouse
  WHERE h.address_code = p.address_code
  UNION SELECT p.claim, 'dwelling' FROM parted p JOIN hukou_population h ON h.person_id = p.spouse
  JOIN hukou_population k ON k.person_id = p.person_id AND k.address_code = h.address_code
  UNION SELECT p.claim, 'dwelling' FROM parted p JOIN poverty_archive a
    ON list_contains(a.members, p.spouse) AND a.address_code = p.address_code
  UNION SELECT p.claim, 'dwelling' FROM parted p JOIN electricity_usage e
    ON e.account_holder = p.spouse AND e.address_code = p.address_code
    AND e.month >= later(left(p.divorce_date, 7), 6)
  UNION SELECT p.claim, 'phone' FROM parted p JOIN mobile_registration a
    ON a.holder_id IN (p.person_id, p.spouse) AND a.phone_hash = p.phone_hash
    WHERE a.holder_id = p.spouse
  UNION SELECT p.claim, 'phone' FROM parted p JOIN mobile_registration a ON a.holder_id = p.person_id
    JOIN mobile_registration b ON b.holder_id = p.spouse AND b.phone_hash = a.phone_hash
  UNION SELECT p.claim, 'child' FROM parted p JOIN birth_certificate b
    ON (b.father_id, b.mother_id) IN ((p.person_id, p.spouse), (p.spouse, p.person_id))
    WHERE left(b.birth_date, 7) > later(left(p.divorce_date, 7), 10)
  UNION SELECT p.claim, 'loan' FROM parted p JOIN personal_loan l
    ON (l.person_id, l.co_borrower_id) IN ((p.person_id, p.spouse), (p.spouse, p.person_id))
  UNION SELECT p.claim, 'fund' FROM parted p JOIN provident_fund_loan_withdrawal l
    ON (l.person_id, l.co_borrower_id) IN ((p.person_id, p.spouse), (p.spouse, p.person_id))
    AND l.date > p.divorce_date
  UNION SELECT p.claim, 'premium' FROM parted p JOIN vehicle_insurance v
    ON (v.holder_id, v.insured_id) IN ((p.person_id, p.spouse), (p.spouse, p.person_id))
    AND v.start > p.divorce_date
  UNION SELECT p.claim, 'property' FROM parted p JOIN real_estate_transfer t
    ON t.from_id = p.person_id AND t.to_id = p.spouse AND t.date >= p.divorce_date
  UNION SELECT p.claim, 'remarried' FROM parted p JOIN marriages m
    ON m.person_id = p.person_id AND m.spouse = p.spouse AND m.marriage_date > p.divorce_date),
event AS (
  SELECT c.claim FROM claims c JOIN hotline_ticket h ON h.subject_person_id = c.person_id
  WHERE h.topic LIKE '%暴力%' AND h.result = '属实'
  UNION SELECT c.claim FROM claims c JOIN court_divorce_judgments j
    ON list_contains(j.party_ids, c.person_id) AND j.type = '离婚'
  UNION SELECT p.claim FROM parted p JOIN elderly_disability_assessment a ON a.person_id = p.spouse
  UNION SELECT p.claim FROM parted p JOIN severe_disease_register a ON a.person_id = p.spouse)
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN parted USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN (SELECT count(*) FROM links l WHERE l.claim = c.claim) >= 2
    AND c.claim NOT IN (FROM event)
  WHEN 'X16' THEN c.claim IN (FROM event)
  ELSE false END;
