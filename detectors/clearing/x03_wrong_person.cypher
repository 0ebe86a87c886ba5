// ---
// id = "X03"
// title = { zh = "同名或证件错误", en = "same name or wrong number" }
// explains = { zh = "该登记中的姓名（及出生日期）与本人不符，疑为号码错误", en = "the name (and birth date) in that register is not this person's: the number is probably wrong" }
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "a unit under another name leaves the count"
// policy = "asset.home_count_max"
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})
CALL (hit, p) {
  // Deaths: every record must speak of somebody else.
  MATCH (p)-[k:DIED]->(x:DeathRecord)
  WHERE k.rid IN hit.evidence
  WITH p, k, x ORDER BY k.rid
  WITH collect(k.rid) AS traces, collect(x.name_token <> p.name_token
    AND (x.birth_date IS NULL OR p.birth_date IS NULL OR x.birth_date <> p.birth_date))
      AS others, count(*) AS n
  WHERE n > 0 AND size(others) = n AND all(x IN others WHERE x)
  RETURN 'death of another' AS reason, traces
  UNION
  // A vehicle, posts and shares under a name that is not the person's.
  WITH hit, p WHERE hit.units IS NULL
  MATCH (p)-[k:OWNS|LEGAL_REP_OF|SHAREHOLDER_OF]->(:Vehicle|Property|Company)
  WHERE k.rid IN hit.evidence
  WITH p, k ORDER BY k.rid
  WITH collect(k.rid) AS traces, collect(k.name_token <> p.name_token) AS others, count(*) AS n
  WHERE n > 0 AND size(others) = n AND all(x IN others WHERE x)
  RETURN 'registered in another name' AS reason, traces
  UNION
  // Units of several members: what stands in their own names must be within the limit.
  MATCH (:Household {id: hit.household})<-[:MEMBER_OF]-(n:Person)-[k:OWNS]->(u:Property)
  WHERE u.id IN hit.units AND k.rid IN hit.evidence
  WITH DISTINCT n, k, u
  ORDER BY u.id, k.rid
  WITH u, collect(k.rid) AS rids,
       collect(coalesce(k.name_token <> n.name_token, false)) AS others
  WITH u, rids, all(x IN others WHERE x) AS is_others
  ORDER BY u.id
  WITH collect({use: u.use, is_others: is_others, rids: rids}) AS units
  WITH [x IN units WHERE x.is_others] AS gone, [x IN units WHERE NOT x.is_others] AS own
  WHERE size(gone) > 0 AND none(x IN own WHERE x.use <> '住宅') AND size(own) <= $home_count_max
  RETURN 'registered in another name' AS reason, reduce(l = [], x IN gone | l + x.rids) AS traces
  UNION
  // A marriage in which one of the two has another name.
  MATCH (p)-[k:SPOUSE_OF]-(q:Person)
  WHERE k.rid IN hit.evidence
    AND (CASE WHEN startNode(k) = p THEN p ELSE q END.name_token <> k.start_name_token
      OR CASE WHEN startNode(k) = p THEN q ELSE p END.name_token <> k.end_name_token)
  RETURN 'marriage of another' AS reason, [k.rid] AS traces
  UNION
  // Two registrations under one number whose names and birth dates differ.
  MATCH (p)-[r:RECEIVES]->(b:Benefit {id: hit.benefit}),
    (p)-[r1:RECEIVES]->(b1:Benefit {id: hit.also_paid})
  WHERE r.rid IN hit.evidence AND r1.rid IN hit.evidence AND r.name_token <> r1.name_token
    AND (r.birth_date IS NULL OR r1.birth_date IS NULL OR r.birth_date <> r1.birth_date)
  RETURN 'two people, one number' AS reason, [r1.rid, r.rid] AS traces
}
RETURN hit.hit_id AS hit_id, reason, traces AS evidence
ORDER BY hit_id, reason
