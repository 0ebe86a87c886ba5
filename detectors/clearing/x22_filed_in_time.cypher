// ---
// id = "X22"
// title = { zh = "已及时备案并复核", en = "kinship filed and reviewed in time" }
// explains = { zh = "近亲属关系在规定时间内备案且经复核", en = "the tie was filed within the time allowed and reviewed" }
// [params.max_days]
// default = 90
// unit = "days from the first day of the fact"
// why = "rosters of kin are filed quarter by quarter"
// ---
UNWIND $hits AS hit
MATCH (:Person {id: hit.official_id})-[w:FILED_KIN]->(x:Person)
WHERE coalesce(w.status, '有效') = '有效' AND w.reviewed = true
  // A filing for any relative of the case is a filing of the case, paid for or not.
  AND (EXISTS { MATCH (x)-[:RECEIVES]->(:Benefit {id: hit.benefit}) }
    OR EXISTS { MATCH (x)-[:MEMBER_OF]->(:Household {id: hit.household}) })
  AND w.valid_from <= hit.fact_from + duration({days: $max_days})
WITH hit, w
ORDER BY w.valid_from, w.rid
RETURN hit.hit_id AS hit_id, min(w.valid_from) AS filed_on, collect(DISTINCT w.rid) AS evidence
ORDER BY hit_id
