// ---
// id = "X21"
// title = { zh = "自行或挂靠参保", en = "contributions paid by the person" }
// explains = { zh = "以灵活就业身份缴费，或由人力资源、劳务派遣机构代缴", en = "paid as flexibly employed or through a labour agency, which is no wage" }
// ---
UNWIND $hits AS hit
MATCH (:Person {id: hit.person_id})-[e:EMPLOYED_BY]->(c:Company)
WHERE e.rid IN hit.evidence
  AND (e.flexible = true OR c.type STARTS WITH '人力资源' OR c.type STARTS WITH '劳务派遣')
RETURN hit.hit_id AS hit_id, c.id AS paid_through, e.valid_from AS cleared_from,
       e.valid_to AS cleared_to, [e.rid] AS evidence
ORDER BY hit_id, cleared_from, paid_through
