// ---
// id = "X24"
// title = { zh = "遗属补助", en = "allowance of a bereaved family" }
// explains = { zh = "该款为遗属补助，不是财政供养工资", en = "the money is an allowance for the family of a dead public servant, not pay" }
// ---
UNWIND $hits AS hit
MATCH (:Person {id: hit.person_id})-[e:EMPLOYED_BY {post_type: '遗属'}]->(u:PublicUnit)
WHERE e.rid IN hit.evidence
RETURN hit.hit_id AS hit_id, u.id AS paid_by, e.valid_from AS cleared_from, e.valid_to
  AS cleared_to,
       [e.rid] AS evidence
ORDER BY hit_id, cleared_from, paid_by
