WITH people AS (
    SELECT DISTINCT ON (person_id) person_id, birth_date, father_id, mother_id,
        least(person_id, nullif(spouse_id, '')) AS pair,
        birth_date > CAST($day AS DATE) - 20 * 365 AND coalesce(spouse_id, '') = '' AS is_child
    FROM hukou_population
),
folk AS (
    SELECT own.person_id, own.birth_date, own.father_id, own.mother_id,         CASE WHEN own.is_child THEN coalesce(mother.pair, mother.person_id, father.pair, father.person_id)
            ELSE own.pair END AS couple,
        coalesce(couple, own.person_id) AS family
    FROM people AS own
    LEFT JOIN people AS mother ON mother.person_id = own.mother_id
    LEFT JOIN people AS father ON father.person_id = own.father_id
),
helped AS (
    SELECT person_id FROM dibao_member_register
    WHERE added_date <= CAST($day AS DATE) AND (removed_date IS NULL OR removed_date > CAST($day AS DATE))
    UNION SELECT person_id FROM tekun_register
    UNION SELECT unnest(string_split(member_ids, ';')) FROM low_income_edge_register
    WHERE recognised_date <= CAST($day AS DATE)
    UNION SELECT unnest(string_split(members, ';')) FROM monitored_household
    WHERE identified_date <= CAST($day AS DATE)
),
archived AS (
    SELECT archive_no, attribute, unnest(string_split(members, ';')) AS person_id
    FROM poverty_archive
),
ledger AS (
    SELECT archive_no, arg_max(wage + business_net + property + transfer, year) AS income
    FROM household_income_ledger WHERE year < year(CAST($day AS DATE)) GROUP BY archive_no
),
income AS (
    SELECT folk.family, bool_or(attribute = '脱贫户') AS former,
        avg(ln(greatest(ledger.income / members.n, 1000))) AS income
    FROM archived JOIN folk USING (person_id) JOIN ledger USING (archive_no)
    JOIN (SELECT archive_no, count(*) AS n FROM archived GROUP BY archive_no) AS members
        USING (archive_no)
    GROUP BY folk.family
),
person_facts AS (
    SELECT person_id, 'ill' AS fact, 1.0 AS amount FROM severe_disease_register
    WHERE confirmed_date BETWEEN CAST($day AS DATE) - 365 AND CAST($day AS DATE)
    UNION ALL
    SELECT person_id, 'care', self_pay FROM inpatient_settlement
    WHERE discharge BETWEEN CAST($day AS DATE) - 365 AND CAST($day AS DATE)
    UNION ALL
    SELECT person_id, 'idle', 1 FROM unemployment_register
    WHERE reg_date BETWEEN CAST($day AS DATE) - 365 AND CAST($day AS DATE)
        AND (cancel_date IS NULL OR cancel_date > CAST($day AS DATE))
    UNION ALL
    SELECT person_id, 'wage', base / 12 FROM employee_social_insurance
    WHERE pay_month BETWEEN CAST($day AS DATE) - 365 AND CAST($day AS DATE)
    UNION ALL
    SELECT person_id, 'post', 1 FROM public_payroll
    UNION ALL
    SELECT owner_id, 'car', 1 FROM vehicle_registration
    WHERE vehicle_type = '小型轿车' AND first_reg_date <= CAST($day AS DATE)
    UNION ALL
    SELECT owner_id, 'homes', 1 FROM real_estate_registration WHERE reg_date <= CAST($day AS DATE)
    UNION ALL
    SELECT operator_id, 'firm', 1 FROM individual_business
    UNION ALL
    SELECT holder_id, 'firm', 1 FROM shareholders
    UNION ALL
    SELECT household_head, 'struck', 1 FROM disaster_loss
    WHERE house_damage IN ('C', 'D') AND event_date BETWEEN CAST($day AS DATE) - 365 AND CAST($day AS DATE)
    UNION ALL
    SELECT person_id, 'disabled', 1 FROM disability_certificate WHERE grade <= '2'
),
own AS (
    SELECT folk.family, fact, sum(amount) AS amount
    FROM person_facts JOIN folk USING (person_id) GROUP BY folk.family, fact
),
wide AS (
    PIVOT own ON fact IN ('ill', 'care', 'idle', 'wage', 'post', 'car', 'homes', 'firm', 'struck', 'disabled')
    USING sum(amount) GROUP BY family
),
elders AS (
    SELECT a.family, b.family AS other FROM folk AS a JOIN folk AS b ON a.father_id = b.person_id
    WHERE a.family <> b.family
    UNION
    SELECT a.family, b.family FROM folk AS a JOIN folk AS b ON a.mother_id = b.person_id
    WHERE a.family <> b.family
),
near AS (
    SELECT family, other FROM elders UNION SELECT other, family FROM elders
),
needy AS (
    SELECT family FROM folk GROUP BY family
    HAVING bool_or(birth_date < CAST($day AS DATE) - 75 * 365)
        AND NOT bool_or(birth_date BETWEEN CAST($day AS DATE) - 65 * 365 AND CAST($day AS DATE) - 18 * 365)
),
carrying AS (
    SELECT DISTINCT elders.family FROM elders JOIN needy ON needy.family = elders.other
),
kin_facts AS (
    SELECT near.family, avg(least(coalesce(car, 0) + coalesce(homes, 0) + coalesce(firm, 0) + coalesce(post, 0), 3)) AS kin_wealth,
        max(coalesce(ill, 0) + coalesce(struck, 0)) AS kin_shock
    FROM near LEFT JOIN wide ON wide.family = near.other GROUP BY near.family
),
families AS (
    SELECT family, count(*) AS size, count(*) FILTER (birth_date > CAST($day AS DATE) - 16 * 365) AS young,
        count(*) FILTER (birth_date < CAST($day AS DATE) - 65 * 365) AS old
    FROM folk GROUP BY family
    HAVING NOT bool_or(person_id IN (FROM helped))
),
fallen AS (
    SELECT DISTINCT folk.family FROM risk JOIN folk USING (person_id)
    WHERE CAST(month || '-01' AS DATE) BETWEEN CAST($day AS DATE) AND CAST($day AS DATE) + 365
),
before AS (
    SELECT DISTINCT folk.family FROM risk JOIN folk USING (person_id)
    WHERE CAST(month || '-01' AS DATE) < CAST($day AS DATE)
)
SELECT families.family, families.size, families.young, families.old, income.former, income.income,
    income.income IS NULL AS unknown_income,
    ill, ln(1 + coalesce(care, 0)) AS care, idle, ln(1 + coalesce(wage, 0)) AS wage, post,
    least(car, 2) AS car, least(homes, 3) AS homes, least(firm, 2) AS firm, struck, disabled,
    kin_wealth, kin_wealth IS NULL AS kin_none, least(kin_shock, 1) AS kin_shock,
    carrying.family IS NOT NULL AS kin_frail,
    fallen.family IS NOT NULL AS falls
FROM families LEFT JOIN income USING (family) LEFT JOIN wide USING (family)
LEFT JOIN kin_facts USING (family) LEFT JOIN carrying USING (family) LEFT JOIN fallen USING (family)
WHERE families.family NOT IN (FROM before)
ORDER BY families.family
