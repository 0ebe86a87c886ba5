-- E20 hidden pre-sale home (card E20; months: contract §6).
-- Case: a member signed a contract in force three months before the first month, for a home that is in no
-- register, in a project that goes on. X02: cancelled. X04: resettlement. X10: the project stands still,
-- or a mortgage pays for it.
WITH bought AS (
  SELECT c.claim, p.* EXCLUDE (delivery, _op) FROM claims c JOIN presale_contract p
    ON list_contains(p.buyer_ids, c.person_id))
SELECT DISTINCT c.claim FROM claims c JOIN settled USING (claim) JOIN bought b USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN b.status = '有效' AND coalesce(b.project_status, '正常') = '正常'
    AND later(left(b.signed_date, 7), 3) <= c.month_from AND NOT EXISTS (
      FROM real_estate_registration e WHERE e.owner_id = c.person_id AND e.reg_date >= b.signed_date)
  WHEN 'X02' THEN b.status = '撤销'
  WHEN 'X04' THEN b.project_status = '安置'
  WHEN 'X10' THEN b.project_status = '停工' OR EXISTS (FROM personal_loan l
    WHERE l.person_id = c.person_id AND l.type = '房贷' AND l.balance > 0)
  ELSE false END;
