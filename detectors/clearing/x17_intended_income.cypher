// ---
// id = "X17"
// title = { zh = "政策性收入", en = "income the policy intends" }
// explains = { zh = "公益性岗位是对困难人员的帮扶", en = "a public-welfare post is help for poor people" }
// ---
UNWIND $hits AS hit
MATCH (:Person {id: hit.person_id})-[e:EMPLOYED_BY {kind: 'welfare_post'}]->(u:PublicUnit)
WHERE e.rid IN hit.evidence
RETURN hit.hit_id AS hit_id, u.id AS post, e.valid_from AS cleared_from, e.valid_to AS cleared_to,
       [e.rid] AS evidence
ORDER BY hit_id, cleared_from, post
