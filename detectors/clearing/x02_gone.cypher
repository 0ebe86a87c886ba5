// ---
// id = "X02"
// title = { zh = "已处置而登记未变", en = "gone, the register is stale" }
// explains = { zh = "车辆由户外非近亲投保或长期无人投保且逾期未检，或房屋已签征收协议", en = "the car is insured by somebody outside who is no close kin, or uninsured and uninspected; the house was given up under a compensation agreement" }
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "a house under an agreement leaves the count"
// policy = "asset.home_count_max"
// [silence.vehicle_insurance]
// days = 75
// reasons = ["insured by others", "off the road"]
// ---
UNWIND $hits AS hit
CALL (hit) {
  // Sold without a transfer: while somebody outside, no close kin, insures it and no member does.
  MATCH (:Person {id: hit.person_id})-[o:OWNS]->(v:Vehicle {id: hit.vehicle_id})
        <-[y:PAYS_FOR]-(q:Person)
  WHERE (o.valid_from IS NULL OR y.valid_from >= o.valid_from)
    AND NOT EXISTS { MATCH (q)-[:MEMBER_OF]->(:Household {id: hit.household}) }
    AND NOT EXISTS {
      MATCH (q)-[k:KIN_OF]->(:Person)-[:MEMBER_OF]->(:Household {id: hit.household})
      WHERE k.degree <= 2
    }
    AND NOT EXISTS {
      MATCH (v)<-[w:PAYS_FOR]-(:Person)-[:MEMBER_OF]->(:Household {id: hit.household})
      WHERE w.valid_to IS NULL OR w.valid_to > y.valid_from
    }
  RETURN DISTINCT 'insured by others' AS reason,
         date.truncate('month', y.valid_from) AS cleared_from, y.valid_to AS cleared_to,
         [y.rid] AS traces
  UNION
  // Off the road: inspection overdue and no policy while the inspection has been missing.
  MATCH (v:Vehicle {id: hit.vehicle_id, status: '逾期未检'})
  MATCH (v)<-[o:OWNS]-(:Person {id: hit.person_id})
  WHERE v.status_date IS NOT NULL AND NOT EXISTS {
    MATCH (v)<-[w:PAYS_FOR]-(:Person)
    WHERE w.valid_to IS NULL OR w.valid_to > v.status_date
  }
  RETURN 'off the road' AS reason, date.truncate('month', v.status_date) AS cleared_from,
         null AS cleared_to, [o.rid] AS traces
  UNION
  // Each agreement takes one home out of the count from its day on; couples sign one twice.
  WITH hit WHERE hit.homes IS NOT NULL AND hit.shops = 0
  MATCH (:Household {id: hit.household})<-[m:MEMBER_OF]-(:Person)-[g:COMPENSATED]->(a:Compensation)
  WHERE a.agreement_date IS NOT NULL
    AND (m.valid_from IS NULL OR m.valid_from < hit.month_to + duration({months: 1}))
    AND (m.valid_to IS NULL OR m.valid_to > hit.month_from)
  WITH hit, a, g ORDER BY g.rid
  WITH hit, a.agreement_date AS day, collect(DISTINCT g.rid) AS rids
  // Only a home that was owned on the day was given up.
  WITH hit, day, rids, COUNT {
    MATCH (:Person)-[o:OWNS]->(u:Property)
    WHERE u.id IN hit.units AND o.rid IN hit.evidence AND coalesce(o.valid_from <= day, true)
    RETURN DISTINCT u.id
  } AS owned
  ORDER BY day, rids
  WITH hit, collect({day: day, rids: rids, owned: owned}) AS deals
  WITH hit, [i IN range(0, size(deals) - 1) WHERE deals[i].owned > i | deals[i]] AS deals
  WHERE size(deals) > 0 AND hit.homes - size(deals) <= $home_count_max
  RETURN 'pulled down' AS reason, date.truncate('month', last(deals).day) AS cleared_from,
         null AS cleared_to, reduce(l = [], d IN deals | l + d.rids) AS traces
}
RETURN hit.hit_id AS hit_id, reason, cleared_from, cleared_to, traces AS evidence
ORDER BY hit_id, reason, cleared_from
