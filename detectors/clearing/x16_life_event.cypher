// ---
// id = "X16"
// title = { zh = "真实家庭变故", en = "genuine life event" }
// explains = { zh = "户籍已记载离婚而民政无离婚登记，符合法院判决离婚", en = "the population register says divorced and no civil divorce explains it: a court divorce" }
// [silence.divorce_registration]
// days = 45
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})-[w:SPOUSE_OF]-(m:Person {id: hit.member_id})
WHERE w.rid IN hit.evidence
// Either of the two; an earlier civil divorce would explain the word in the register.
UNWIND [p, m] AS q
MATCH (q)-[y:REGISTERED_IN]->(:HukouBook)
WHERE q.marital_status = '离婚' AND NOT EXISTS { MATCH (q)-[:DIVORCED_FROM]-(:Person) }
WITH hit, y
ORDER BY y.rid
RETURN hit.hit_id AS hit_id, 'court divorce' AS reason, collect(DISTINCT y.rid) AS evidence
ORDER BY hit_id
