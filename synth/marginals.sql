-- What the figures of published.toml stand on; $day is the last day of the last delivery.
CREATE OR REPLACE TABLE folk AS
SELECT person_id, left(hukou_population.name, 1) AS surname, sex = '男' AS male, father_id, mother_id, hukou_book_no,
    date_diff('day', birth_date, DATE '2026-06-30') / 365.25 AS age, birth_date,
    coalesce(area.name LIKE '%社区', false) AS urban
FROM hukou_population
LEFT JOIN area_code_history AS area ON area.code = left(hukou_population.address_code, 12)
WHERE status <> '死亡';

CREATE OR REPLACE TABLE cases AS
SELECT *, urban_rural = '城市' AS urban FROM dibao_household_register WHERE end_month IS NULL;

CREATE OR REPLACE TABLE members AS
SELECT dibao_member_register.* FROM dibao_member_register JOIN cases USING (household_id)
WHERE removed_date IS NULL;

CREATE OR REPLACE TABLE helped AS
SELECT person_id FROM dibao_member_register
UNION SELECT person_id FROM tekun_register
UNION SELECT unnest(string_split(member_ids, ';')) FROM low_income_edge_register
UNION SELECT unnest(string_split(members, ';')) FROM monitored_household;

CREATE OR REPLACE TABLE homes AS
SELECT household_id, count(*) AS size FROM members GROUP BY household_id;

CREATE OR REPLACE TABLE dead AS
SELECT person_id, min(day) AS day, bool_or(cremated) AS cremated, max(cancelled) AS cancelled FROM (
    SELECT person_id, death_date AS day, false AS cremated, cancel_date AS cancelled
    FROM hukou_death_cancellation
    UNION ALL SELECT deceased_id, death_date, true, NULL FROM funeral_cremation
    UNION ALL SELECT person_id, death_date, false, NULL FROM death_medical_certificate
) GROUP BY person_id;

CREATE OR REPLACE TABLE self_paid AS
SELECT person_id, sum(self_pay) AS amount FROM inpatient_settlement
WHERE discharge BETWEEN DATE '2025-07-01' AND DATE '2026-06-30' GROUP BY person_id;
