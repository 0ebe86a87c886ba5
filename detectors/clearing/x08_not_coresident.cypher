// ---
// id = "X08"
// title = { zh = "不属共同生活成员", en = "not a co-resident member" }
// explains = { zh = "该人员服现役、服刑，或已作为特困人员供养，按规定不计入家庭", en = "the person serves in the army or a term in prison, or is kept as 特困, and does not count as a member" }
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})
CALL (hit, p) {
  WITH p WHERE p.hukou_status = '服现役'
  OPTIONAL MATCH (p)-[y:REGISTERED_IN]->(:HukouBook)
  WITH p, y ORDER BY y.rid
  WITH p, collect(y.rid) AS traces
  RETURN 'conscript' AS reason, CASE WHEN p.hukou_status_date IS NOT NULL
           THEN date.truncate('month', p.hukou_status_date) END AS cleared_from,
         null AS cleared_to, traces
  UNION
  MATCH (p)-[r:RECEIVES]->(b:Benefit {programme: '特困'})
  WHERE b.id <> hit.benefit
  RETURN 'kept by the state' AS reason, r.valid_from AS cleared_from, r.valid_to AS cleared_to,
         [r.rid] AS traces
  UNION
  MATCH (p)-[g:HELD_IN]->(:Custody)
  WHERE coalesce(g.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  // The month of the entry is spent inside for the most part, and counts for the family.
  RETURN 'in prison' AS reason, date.truncate('month', g.valid_from) AS cleared_from,
         g.valid_to AS cleared_to, [g.rid] AS traces
}
RETURN hit.hit_id AS hit_id, reason, cleared_from, cleared_to, traces AS evidence
ORDER BY hit_id, reason, cleared_from
