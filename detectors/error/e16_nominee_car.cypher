// ---
// id = "E16"
// title = { zh = "车辆代持", en = "car held by a nominee" }
// version = 1
// status = "test"
// strength = "K2"
// sources = { vehicle_registration = 45, vehicle_insurance = 75, driver_and_violations = 45, one_card_payment = 75 }
// needs = ["KIN_OF"]
// min_grade = "certificate"
// basis = ["B4"]
// clearing = ["X04", "X15", "X18"]
// harmless = [
//   { zh = "成员受雇为车主开车", en = "the member drives for the owner as a job" },
//   { zh = "借车送病人就医", en = "the car is borrowed to take a sick person to hospital" },
//   { zh = "代他人扣分", en = "penalty points are taken over for somebody else" },
//   { zh = "亲属代办保险时付款并留电话：一份保单只算一条联系", en = "a relative who arranges one policy pays it and leaves a number: one row of one policy is one link" },
// ]
// blind = [
//   { zh = "既无违法、也无保单和电话线索的用车", en = "cars used without a fine, a policy or a phone number" },
//   { zh = "只有一份保单线索的车辆", en = "cars known by one policy alone" },
//   { zh = "外省号牌", en = "plates of other provinces" },
// ]
// returns = ["household", "person_id", "vehicle_id", "benefit", "fact_from", "fact_to", "owner_id", "owner_kin_degree", "fines", "pays_premium", "phone_on_policy", "evidence"]
// identity = ["household", "person_id", "vehicle_id"]
// about = "household"
// states = { zh = "车辆登记在他人名下，但自 {fact_from} 起家庭成员驾驶违法 {fines} 次、支付保费：{pays_premium}、保单电话为本户：{phone_on_policy}", en = "a car stands in another person's name, yet since {fact_from} a member drove it ({fines} fines), pays the premium: {pays_premium}, phone on the policy: {phone_on_policy}" }
// ask = { zh = "该车平时由谁使用、谁出钱？与车主是什么关系？", en = "Who uses the car and who pays for it? What is the relation to the owner?" }
// [params.min_fines]
// default = 3
// unit = "violations as the driver, 1 or more"
// why = "one or two may be a favour"
// [params.window_months]
// default = 12
// unit = "months in which the violations lie"
// why = "a year of driving"
// [params.min_months]
// default = 6
// unit = "months in which two links hold at once"
// why = "half a year is no loan of a car"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
// What ties a member to a car, each kind with its days and, for a policy, the row that states it;
// weak traces are none.
CALL (p, h) {
  MATCH (p)-[y:PAYS_FOR]->(v:Vehicle)
  WHERE coalesce(y.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN v, 'premium' AS kind, coalesce(y.source + ' ' + y.rows, y.rid) AS origin,
         y.valid_from AS since, y.valid_to AS until, [y.rid] AS rids
  UNION
  UNWIND [p, h] AS x
  MATCH (x)-[u:USES_PHONE]->(:Phone)<-[y:POLICY_PHONE]-(v:Vehicle)
  WHERE all(z IN [u, y] WHERE coalesce(z.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
  RETURN v, 'phone' AS kind, coalesce(y.source + ' ' + y.rows, y.rid) AS origin,
         CASE WHEN u.valid_from > y.valid_from THEN u.valid_from ELSE y.valid_from END AS since,
         CASE WHEN u.valid_to < y.valid_to THEN u.valid_to
              ELSE coalesce(y.valid_to, u.valid_to) END AS until, [y.rid, u.rid] AS rids
  UNION
  MATCH (p)-[d:DRIVES {role: 'driver'}]->(:Plate)<-[g:HAS_PLATE]-(v:Vehicle)
  WHERE all(x IN [d, g] WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
    AND (g.valid_from IS NULL OR g.valid_from <= d.valid_from) AND d.valid_from < $as_of_end
    AND (g.valid_to IS NULL OR d.valid_from < g.valid_to)
  // Several registers may state the plate: one fine is one fine.
  WITH v, d, min(g.rid) AS plate ORDER BY d.valid_from, d.rid
  WITH v, collect({on: d.valid_from, rids: [d.rid, plate]}) AS fines
  // From each fine to the last of enough that lie within the window.
  UNWIND range(0, size(fines) - toInteger($min_fines)) AS i
  WITH v, fines[i..i + toInteger($min_fines)] AS few
  WHERE last(few).on <= head(few).on + duration({months: $window_months})
  RETURN v, 'fines' AS kind, 'fines' AS origin,
         head(few).on AS since, last(few).on + duration({months: 1}) AS until,
         reduce(l = [], x IN few | l + x.rids) AS rids
}
WITH h, t, b, r, p, v, kind, origin, since, coalesce(until, $as_of_end) AS until, rids
WHERE v.vehicle_type =~ '(小型|微型).*(轿车|客车|面包车)' AND since < until AND since < $as_of_end
WITH h, t, b, r, p, v, kind, origin, since, until, rids ORDER BY kind, since, rids
WITH h, t, b, r, p, v, collect({kind: kind, origin: origin, since: since, until: until,
  rids: rids}) AS links
WHERE any(x IN links WHERE x.kind <> head(links).kind)
// The stretches of days on which two kinds hold at once. Premium and telephone in one row of one
// policy are one statement of one insurer, not two that bear each other out.
CALL (links) {
  UNWIND links AS link UNWIND [link.since, link.until] AS day
  WITH DISTINCT links, day ORDER BY day
  WITH collect({day: day, both: any(x IN links WHERE x.since <= day AND day < x.until
    AND any(y IN links WHERE y.kind <> x.kind AND y.origin <> x.origin AND y.since <= day
      AND day < y.until))}) AS steps
  UNWIND [i IN range(0, size(steps) - 1)
    WHERE steps[i].both AND (i = 0 OR NOT steps[i - 1].both) | i] AS i
  RETURN steps[i].day AS both_from,
         head([j IN range(i + 1, size(steps) - 1) WHERE NOT steps[j].both | steps[j].day]) AS both_to
}
MATCH (v)<-[o:OWNS]-(n:Person)
WHERE n.id <> p.id
  AND duration.inMonths(both_from, CASE WHEN both_to > $as_of_end THEN $as_of_end
                                   ELSE both_to END).months >= $min_months
WITH *, reduce(d = both_from, x IN [r.valid_from, t.valid_from, b.start_date, o.valid_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = both_to, x IN [r.valid_to, t.valid_to, b.end_date, o.valid_to]
    | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to AND fact_from < $as_of_end
  // Neither the member's own car at the time, nor that of another member.
  AND NOT EXISTS { MATCH (p)-[w:OWNS]->(v)
    WHERE coalesce(w.valid_from < fact_to, true) AND coalesce(fact_from < w.valid_to, true) }
  AND NOT EXISTS { MATCH (n)-[m:MEMBER_OF]->(h)
    WHERE coalesce(m.valid_from < fact_to, true) AND coalesce(fact_from < m.valid_to, true) }
OPTIONAL MATCH (p)-[k:KIN_OF]->(n)
WITH *, [x IN links WHERE x.since < both_to AND both_from < x.until] AS held
WITH *, reduce(l = [], x IN held | l + [z IN x.rids WHERE NOT z IN l]) AS traces
RETURN h.id AS household, p.id AS person_id, v.id AS vehicle_id, b.id AS benefit,
       fact_from, fact_to, n.id AS owner_id, min(k.degree) AS owner_kin_degree,
       COUNT { MATCH (p)-[d:DRIVES]->(:Plate) WHERE d.rid IN traces } AS fines,
       any(x IN held WHERE x.kind = 'premium') AS pays_premium,
       any(x IN held WHERE x.kind = 'phone') AS phone_on_policy,
       [r.rid, t.rid, o.rid] + traces AS evidence
ORDER BY household, person_id, vehicle_id, benefit, fact_from, owner_id
