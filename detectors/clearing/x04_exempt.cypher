// ---
// id = "X04"
// title = { zh = "按规定豁免", en = "exempt by rule" }
// explains = { zh = "残疾人专用车、唯一谋生用车、安置房，或无雇员的小作坊", en = "a disabled person's vehicle, the only vehicle the family lives on, a resettlement flat, or a small workshop without employees" }
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "resettlement flats come on top"
// policy = "asset.home_count_max"
// [params.workshop_revenue]
// default = 30000
// unit = "CNY of revenue in the hit's twelve last months; exactly this much is exempt"
// why = "about what a family of three may live on; a larger turnover is a business"
// [silence.vehicle_registration]
// days = 45
// reasons = ["sole livelihood"]
// ---
UNWIND $hits AS hit
CALL (hit) {
  MATCH (v:Vehicle {id: hit.vehicle_id})<-[o:OWNS]-(:Person)
  WHERE v.use_nature = '残疾人专用' OR v.vehicle_type = '残疾人机动轮椅车'
  WITH o ORDER BY o.rid
  WITH collect(o.rid) AS traces WHERE size(traces) > 0
  RETURN 'disabled person\'s vehicle' AS reason, null AS cleared_from, null AS cleared_to, traces
  UNION
  // The only vehicle of the household, and it earns the living.
  MATCH (v:Vehicle {id: hit.vehicle_id, use_nature: '营运'})<-[o:OWNS]-(:Person {id: hit.person_id})
  WHERE NOT EXISTS {
    MATCH (:Household {id: hit.household})<-[:MEMBER_OF]-(:Person)-[w:OWNS]->(x:Vehicle)
    WHERE x.id <> v.id AND x.vehicle_type =~ '.*(轿车|客车|面包车|货车)'
      AND x.status IN ['正常', '逾期未检'] AND (w.valid_to IS NULL OR w.valid_to > hit.month_from)
  }
  RETURN 'sole livelihood' AS reason, null AS cleared_from, null AS cleared_to, [o.rid] AS traces
  UNION
  // Flats given for a house that was pulled down; couples sign one agreement twice.
  WITH hit WHERE hit.homes IS NOT NULL AND hit.shops = 0
  MATCH (:Household {id: hit.household})<-[m:MEMBER_OF]-(:Person)-[g:COMPENSATED]->(a:Compensation)
  WHERE a.resettled_units > 0 AND a.agreement_date <= hit.month_to
    AND (m.valid_from IS NULL OR m.valid_from < hit.month_to + duration({months: 1}))
    AND (m.valid_to IS NULL OR m.valid_to > hit.month_from)
  WITH hit, a, g ORDER BY g.rid
  WITH hit, a.agreement_date AS day, max(a.resettled_units) AS flats, collect(DISTINCT g.rid) AS rids
  ORDER BY day, rids
  WITH hit, sum(flats) AS given, min(day) AS first_day, max(day) AS last_day,
       reduce(l = [], r IN collect(rids) | l + r) AS traces
  // A home from before the first agreement is none of them.
  MATCH (:Person)-[o:OWNS]->(u:Property)
  WHERE u.id IN hit.units AND o.rid IN hit.evidence
  WITH hit, given, last_day, traces, first_day, u, min(coalesce(o.valid_from, first_day)) AS since
  WITH hit, given, last_day, traces, sum(CASE WHEN since >= first_day THEN 1 ELSE 0 END) AS later
  WHERE hit.homes - CASE WHEN later < given THEN later ELSE given END <= $home_count_max
  RETURN 'resettlement flat' AS reason, date.truncate('month', last_day) AS cleared_from,
         null AS cleared_to, traces
  UNION
  // A trader without employees and with little turnover; employees must be known to be none.
  MATCH (c:Company {id: hit.company_id, kind: 'individual', employees: 0})
  OPTIONAL MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.period_end <= hit.month_to AND x.period_end > hit.month_to - duration({months: 12})
  WITH hit, f, x ORDER BY x.period_end, f.rid
  WITH hit, sum(x.revenue_yuan) AS revenue, collect(f.rid) AS traces
  WHERE size(traces) > 0 AND revenue <= $workshop_revenue
  // Of the turnover of other years nothing is said.
  RETURN 'family workshop' AS reason, hit.month_to - duration({months: 11}) AS cleared_from,
         hit.month_to + duration({months: 1}) AS cleared_to, traces
}
RETURN hit.hit_id AS hit_id, reason, cleared_from, cleared_to, traces AS evidence
ORDER BY hit_id, reason
