// ---
// id = "X10"
// title = { zh = "查封冻结", en = "frozen by a court" }
// explains = { zh = "除被查封的房产外，家庭住房未超标且无非住宅", en = "without the units a court has frozen the household is within the limit" }
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "a frozen home cannot be sold or let"
// policy = "asset.home_count_max"
// ---
UNWIND $hits AS hit
MATCH (u:Property)
WHERE u.id IN hit.units
WITH hit, collect(u) AS units
WITH hit, [u IN units WHERE u.status = '查封' | u.id] AS frozen,
     [u IN units WHERE coalesce(u.status, '') <> '查封'] AS free
WHERE size(frozen) > 0 AND none(u IN free WHERE u.use <> '住宅') AND size(free) <= $home_count_max
MATCH (:Household {id: hit.household})<-[:MEMBER_OF]-(:Person)-[o:OWNS]->(u:Property)
WHERE u.id IN frozen AND o.rid IN hit.evidence
WITH hit, frozen, o
ORDER BY o.rid
RETURN hit.hit_id AS hit_id, size(frozen) AS frozen_units, collect(DISTINCT o.rid) AS evidence
ORDER BY hit_id
