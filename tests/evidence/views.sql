-- What many checks ask, over the tables of the county and the claims of the code in hand.

-- Programmes of the payment file that belong to a register.
CREATE VIEW programmes(register, programme) AS VALUES
  ('dibao_household_register', '城市低保'), ('dibao_household_register', '农村低保'),
  ('tekun_register', '特困供养'), ('tekun_register', '特困照护'),
  ('old_age_allowance', '高龄津贴'), ('orphan_child_register', '孤儿基本生活费'),
  ('disability_two_subsidies', '困难残疾人生活补贴'),
  ('disability_two_subsidies', '重度残疾人护理补贴');

-- The county's six digits: of its area codes, the one above which there is none.
CREATE VIEW county AS SELECT left(code, 6) AS digits FROM area_code_history WHERE parent IS NULL;

-- Payments with the month they are for (contract §5).
CREATE VIEW payments AS SELECT *,
  coalesce(benefit_month, left(batch, 4) || '-' || substr(batch, 5, 2), left(pay_date, 7)) AS month
FROM one_card_payment;

-- What was paid out in the months of a claim: to the household, or to the person where the
-- programme is kept by person. Returns and recoveries are rows of their own.
CREATE VIEW claim_payments AS
SELECT c.claim, p.* FROM claims c JOIN programmes g ON g.register = c.register
JOIN payments p ON p.programme = g.programme AND p.month BETWEEN c.month_from AND c.month_to
  AND CASE c.register WHEN 'dibao_household_register' THEN p.household_id = c.household_id
    ELSE p.payee_id = c.person_id END
WHERE p.status = '成功' AND p.amount > 0;

-- Claims whose payments reach from month_from to month_to and add up to the amount.
CREATE VIEW settled AS
SELECT c.claim FROM claims c JOIN claim_payments p ON p.claim = c.claim
GROUP BY c.claim, c.amount, c.month_from, c.month_to
HAVING abs(sum(p.amount) - c.amount) < 0.01 AND min(p.month) = c.month_from
  AND max(p.month) = c.month_to;

-- Members of assistance households, and from when to when.
CREATE VIEW members AS
SELECT household_id, person_id, is_beneficiary, coalesce(added_date, '0000-00-00') AS added,
  coalesce(removed_date, '9999-12-31') AS removed, * EXCLUDE (household_id, person_id, is_beneficiary)
FROM dibao_member_register;

-- Everybody the register of a claim counts in its household; the person of the claim always.
CREATE VIEW household_people AS
SELECT c.claim, m.person_id FROM claims c JOIN members m ON m.household_id = c.household_id
UNION SELECT c.claim, unnest(e.member_ids) FROM claims c
  JOIN low_income_edge_register e ON e.household_id = c.household_id
UNION SELECT c.claim, unnest(a.members) FROM claims c
  JOIN poverty_archive a ON a.archive_no = c.household_id
UNION SELECT c.claim, h.person_id FROM claims c
  JOIN hukou_population h ON h.hukou_book_no = c.household_id
UNION SELECT claim, person_id FROM claims;

-- Deaths, by every source that tells of one.
CREATE VIEW deaths AS
SELECT person_id, death_date, name, 'police' AS source, cancel_date AS told
FROM hukou_death_cancellation
UNION ALL SELECT deceased_id, death_date, deceased_name, 'funeral', cremation_date
FROM funeral_cremation
UNION ALL SELECT person_id, death_date, name, 'hospital', issued_date FROM death_medical_certificate
UNION ALL SELECT person, effective, NULL, 'court', effective
FROM (SELECT unnest(party_ids) AS person, * FROM court_divorce_judgments WHERE type = '宣告死亡');

-- Parent and child, by the hukou register and by birth certificates.
CREATE VIEW parents AS
SELECT person_id AS child, father_id AS parent FROM hukou_population WHERE father_id IS NOT NULL
UNION SELECT person_id, mother_id FROM hukou_population WHERE mother_id IS NOT NULL
UNION SELECT child_id, father_id FROM birth_certificate
  WHERE child_id IS NOT NULL AND father_id IS NOT NULL
UNION SELECT child_id, mother_id FROM birth_certificate
  WHERE child_id IS NOT NULL AND mother_id IS NOT NULL;

-- Marriages, in both directions.
CREATE VIEW marriages AS
SELECT husband_id AS person_id, wife_id AS spouse, marriage_date FROM marriage_registration
WHERE revoked_date IS NULL
UNION ALL SELECT wife_id, husband_id, marriage_date FROM marriage_registration
WHERE revoked_date IS NULL;

-- Divorces of both registers, in both directions.
CREATE VIEW divorces AS
SELECT husband_id AS person_id, wife_id AS spouse, divorce_date FROM divorce_registration
UNION ALL SELECT wife_id, husband_id, divorce_date FROM divorce_registration
UNION ALL SELECT party_ids[1], party_ids[2], effective FROM court_divorce_judgments
WHERE type = '离婚'
UNION ALL SELECT party_ids[2], party_ids[1], effective FROM court_divorce_judgments
WHERE type = '离婚';

-- The standard of a month, urban and rural.
CREATE VIEW standards AS
SELECT CASE param WHEN 'dibao.std_month_urban' THEN '城市' ELSE '农村' END AS urban_rural,
  value AS standard, coalesce(valid_from, '0000-00-00') AS valid_from,
  coalesce(valid_to, '9999-12-31') AS valid_to
FROM policy_parameters WHERE param IN ('dibao.std_month_urban', 'dibao.std_month_rural');

-- Income month by month and person, as other offices have it.
CREATE VIEW wages AS
SELECT person_id, pay_month AS month, base AS income, 'insured' AS kind, employer_uscc AS payer
FROM employee_social_insurance WHERE NOT coalesce(flexible, false)
UNION ALL SELECT person_id, tax_month, income, 'taxed', payer_uscc
FROM individual_income_tax WHERE income_type LIKE '工资%';

-- What a household must have at least: members who draw, standard and declared income at the end.
CREATE VIEW means AS
SELECT c.claim, count(DISTINCT m.person_id) AS heads, any_value(s.standard) AS standard,
  any_value(r.declared_income_pc) AS declared_pc
FROM claims c JOIN dibao_household_register r ON r.household_id = c.household_id
JOIN members m ON m.household_id = c.household_id AND left(m.removed, 7) >= c.month_to
  AND left(m.added, 7) <= c.month_to
JOIN standards s ON s.urban_rural = r.urban_rural
  AND c.month_to || '-01' BETWEEN s.valid_from AND s.valid_to
GROUP BY c.claim;

-- Couples that no divorce has ended, in both directions.
CREATE VIEW couples AS
SELECT person_id, spouse_id AS spouse FROM hukou_population WHERE spouse_id IS NOT NULL
UNION SELECT spouse_id, person_id FROM hukou_population WHERE spouse_id IS NOT NULL
UNION SELECT m.person_id, m.spouse FROM marriages m WHERE NOT EXISTS (FROM divorces d
  WHERE d.person_id = m.person_id AND d.spouse = m.spouse AND d.divorce_date >= m.marriage_date);

-- Relatives of the person of a claim to the fourth degree: by blood up to ancestors, then down; one
-- marriage on the way counts no step, and blood starts anew after it.
CREATE VIEW relatives AS
WITH RECURSIVE way(claim, person_id, degree, is_down, is_wed) AS (
  SELECT claim, person_id, 0, false, false FROM claims
  UNION SELECT w.claim, s.b, w.degree + s.cost, s.is_down, w.is_wed OR s.cost = 0
  FROM way w JOIN (
    SELECT child AS a, parent AS b, false AS is_down, 1 AS cost FROM parents
    UNION ALL SELECT parent, child, true, 1 FROM parents
    UNION ALL SELECT person_id, spouse, false, 0 FROM couples) s ON s.a = w.person_id
  WHERE w.degree + s.cost <= 4 AND (s.cost = 0 OR s.is_down OR NOT w.is_down)
    AND NOT (w.is_wed AND s.cost = 0))
SELECT claim, person_id, min(degree) AS degree FROM way GROUP BY claim, person_id;

-- Who stands in a register of help, by person, from month to month.
CREATE VIEW listed AS
SELECT m.person_id, r.start_month AS since, r.end_month AS until, '低保' AS programme
FROM members m JOIN dibao_household_register r USING (household_id)
UNION ALL SELECT person_id, start_month, end_month, '特困' FROM tekun_register
UNION ALL SELECT child_id, start_month, end_month, '儿童' FROM orphan_child_register
UNION ALL SELECT unnest(member_ids), left(recognised_date, 7), left(valid_to, 7), '边缘'
FROM low_income_edge_register
UNION ALL SELECT unnest(member_ids), left(recognised_date, 7), left(valid_to, 7), '刚性'
FROM rigid_expenditure_register;

-- Claims whose household stands in a register of help in the last month.
CREATE VIEW covered AS
SELECT DISTINCT c.claim, l.programme FROM claims c JOIN household_people p USING (claim)
JOIN listed l ON l.person_id = p.person_id AND touches(l.since, l.until, c.month_to, c.month_to);

-- Help in money for people of the household of a claim, with its day.
CREATE VIEW aid AS
SELECT p.claim, t.pay_date AS day, t.cause AS purpose, 'temporary' AS kind
FROM household_people p JOIN temporary_assistance t USING (person_id)
UNION ALL SELECT p.claim, m.settle_date, m.category, 'medical'
FROM household_people p JOIN medical_assistance m USING (person_id)
UNION ALL SELECT p.claim, a.pay_date, a.purpose, 'charity'
FROM household_people p JOIN charity_aid a USING (person_id);

-- Applications and decisions about the household of a claim.
CREATE VIEW decisions AS
SELECT DISTINCT p.claim, h.case_id, h.programme, h.event, h.event_date, h.reason_code
FROM household_people p JOIN assistance_case_history h ON list_contains(h.person_ids, p.person_id)
UNION SELECT c.claim, h.case_id, h.programme, h.event, h.event_date, h.reason_code
FROM claims c JOIN assistance_case_history h USING (household_id);

-- Severe diseases that were confirmed and not ruled out again.
CREATE VIEW illnesses AS
SELECT person_id, disease, confirmed_date FROM severe_disease_register
WHERE coalesce(status, '') NOT IN ('排除', '误诊', '疑似排除', '治愈');
