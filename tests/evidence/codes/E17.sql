-- E17 homes or shops over the limit (card E17).
-- Case: a member owns more homes than asset.home_count_max, or a place that is no home, registered
-- before the months and in force. X02: demolished or struck off. X04: a flat of resettlement, or an
-- unusable house. X10: seized, mortgaged. X11: a small inherited share.
WITH units AS (
  SELECT c.claim, e.* EXCLUDE (delivery, _op), coalesce(e.share, 1) AS part
  FROM claims c JOIN members m USING (household_id)
  JOIN real_estate_registration e ON e.owner_id = m.person_id
  WHERE left(coalesce(e.reg_date, '0000-00'), 7) <= c.month_to),
counted AS (
  SELECT claim, count(*) FILTER (status = '现势' AND use = '住宅' AND part > 0.25) AS homes,
    count(*) FILTER (status = '现势' AND use <> '住宅' AND part > 0.25) AS shops,
    count(*) AS rows, bool_or(status = '查封' OR mortgage) AS is_held, min(part) AS part,
    bool_or(status IN ('注销', '历史', '灭失')) AS is_gone
  FROM units GROUP BY claim),
most AS (SELECT value AS homes FROM policy_parameters WHERE param = 'asset.home_count_max')
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN counted n USING (claim), most
WHERE CASE c.clearing_code
  WHEN '' THEN (n.homes > most.homes OR n.shops > 0) AND NOT n.is_held
    AND NOT EXISTS (FROM demolition_compensation d JOIN members m ON m.person_id = d.owner_id
      WHERE m.household_id = c.household_id)
  WHEN 'X02' THEN n.rows > most.homes AND (n.is_gone OR EXISTS (FROM demolition_compensation d
    WHERE d.owner_id = c.person_id AND left(d.agreement_date, 7) <= c.month_from)
    OR EXISTS (FROM units u JOIN real_estate_transfer t ON t.unit_no = u.unit_no
      AND t.from_id = u.owner_id WHERE u.claim = c.claim AND left(t.date, 7) <= c.month_from))
  WHEN 'X04' THEN n.rows > most.homes AND EXISTS (FROM demolition_compensation d
    WHERE d.owner_id = c.person_id AND d.resettled_units > 0)
  WHEN 'X10' THEN n.rows > most.homes AND n.is_held
  WHEN 'X11' THEN n.rows > most.homes AND n.part <= 0.25 AND n.homes <= most.homes
  ELSE false END;
