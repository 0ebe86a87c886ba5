-- E46 court traces (card E46).
-- Case: a member bought at a court's auction, got money as creditor, or is listed for hiding property.
-- X09: the money is compensation that pays for treatment, or never came.
WITH traces AS (
  SELECT c.claim, 'auction' AS trace FROM claims c JOIN judicial_auction j USING (person_id)
  WHERE coalesce(j.role, '') NOT LIKE '%被执行%'
  UNION SELECT c.claim, 'creditor' FROM claims c JOIN enforcement_case e USING (person_id)
  WHERE e.role = '申请人' AND e.status = '执行完毕'
  UNION SELECT c.claim, 'hiding' FROM claims c JOIN dishonest_list d USING (person_id)
  WHERE d.removed IS NULL),
treated AS (
  SELECT c.claim FROM claims c JOIN enforcement_case e USING (person_id)
  JOIN inpatient_settlement i USING (person_id)
  WHERE i.discharge BETWEEN days_on(e.filed, -365) AND days_on(coalesce(e.closed, e.filed), 180)
  GROUP BY c.claim, e.amount HAVING sum(i.self_pay) >= 0.3 * e.amount
  UNION SELECT c.claim FROM claims c JOIN accident_claim a USING (person_id)
  UNION SELECT c.claim FROM claims c JOIN enforcement_case e USING (person_id)
  WHERE e.role = '申请人' AND e.status <> '执行完毕')
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) LEFT JOIN traces t USING (claim)
WHERE CASE c.clearing_code WHEN '' THEN t.trace IS NOT NULL AND c.claim NOT IN (FROM treated)
  WHEN 'X09' THEN c.claim IN (FROM treated) ELSE false END;
