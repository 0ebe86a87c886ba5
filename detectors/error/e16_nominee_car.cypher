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
// harmless = ["the member drives for the owner as a job", "the car is borrowed to take a sick person to hospital", "penalty points are taken over for somebody else"]
// blind = ["cars used without a fine, a policy or a phone number", "plates of other provinces"]
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
// Any trace of use leads to the car; each kind of link is looked at below.
CALL (p, h) {
  MATCH (p)-[:PAYS_FOR]->(v:Vehicle) RETURN v
  UNION MATCH (p)-[:DRIVES]->(:Plate)<-[:HAS_PLATE]-(v:Vehicle) RETURN v
  UNION MATCH (p)-[:USES_PHONE]->(:Phone)<-[:POLICY_PHONE]-(v:Vehicle) RETURN v
  UNION MATCH (h)-[:USES_PHONE]->(:Phone)<-[:POLICY_PHONE]-(v:Vehicle) RETURN v
}
MATCH (v)<-[o:OWNS]-(n:Person)
WHERE v.vehicle_type IN ['小型轿车', '小型普通客车'] AND n.id <> p.id
  AND NOT EXISTS { MATCH (p)-[:OWNS]->(v) } AND NOT EXISTS { MATCH (n)-[:MEMBER_OF]->(h) }
WITH h, t, b, r, p, v, o, n, COLLECT {
  MATCH (p)-[d:DRIVES {role: 'driver'}]->(:Plate)<-[g:HAS_PLATE]-(v)
  WHERE (g.valid_from IS NULL OR g.valid_from <= d.valid_from) AND d.valid_from < $as_of_end
    AND (g.valid_to IS NULL OR d.valid_from < g.valid_to)
  // Several registers may state the plate: one fine is one fine.
  WITH d, min(g.rid) AS plate
  RETURN {on: d.valid_from, rid: d.rid, plate: plate} AS fine ORDER BY fine.on, fine.rid
} AS fines, COLLECT {
  MATCH (p)-[y:PAYS_FOR]->(v) WHERE y.valid_from < $as_of_end
  RETURN {since: y.valid_from, until: coalesce(y.valid_to, $as_of_end), rid: y.rid} AS paid
  ORDER BY paid.since, paid.rid
} AS paid, COLLECT {
  MATCH (v)-[y:POLICY_PHONE]->(f:Phone)
  WHERE y.valid_from < $as_of_end
    AND (EXISTS { (p)-[:USES_PHONE]->(f) } OR EXISTS { (h)-[:USES_PHONE]->(f) })
  RETURN {since: y.valid_from, until: coalesce(y.valid_to, $as_of_end), rid: y.rid} AS rung
  ORDER BY rung.since, rung.rid
} AS rung
// Fines are a link from the first to the last that have enough others within the window.
WITH *, [i IN range(0, size(fines) - toInteger($min_fines))
  WHERE fines[i + toInteger($min_fines) - 1].on <= fines[i].on + duration({months: $window_months})
  | i] AS dense
WITH *, [s IN [
    CASE WHEN size(dense) > 0 THEN {since: fines[head(dense)].on,
      until: fines[last(dense) + toInteger($min_fines) - 1].on + duration({months: 1})} END,
    CASE WHEN size(paid) > 0 THEN {since: head(paid).since,
      until: reduce(d = head(paid).until, x IN paid
        | CASE WHEN x.until > d THEN x.until ELSE d END)} END,
    CASE WHEN size(rung) > 0 THEN {since: head(rung).since,
      until: reduce(d = head(rung).until, x IN rung
        | CASE WHEN x.until > d THEN x.until ELSE d END)} END
  ] WHERE s IS NOT NULL] AS links
WHERE size(links) >= 2
// From the second link on, while two hold.
CALL (links) {
  UNWIND links AS link WITH link.since AS day ORDER BY day
  RETURN collect(day)[1] AS second_from
}
CALL (links) {
  UNWIND links AS link WITH link.until AS day ORDER BY day DESC
  RETURN collect(day)[1] AS second_to
}
WITH *, reduce(d = second_from, x IN [r.valid_from, t.valid_from, b.start_date, o.valid_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = second_to, x IN [r.valid_to, t.valid_to, b.end_date, o.valid_to]
    | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to AND fact_from < $as_of_end
  AND duration.inMonths(second_from, CASE WHEN second_to > $as_of_end THEN $as_of_end
                                     ELSE second_to END).months >= $min_months
OPTIONAL MATCH (p)-[k:KIN_OF]->(n)
RETURN h.id AS household, p.id AS person_id, v.id AS vehicle_id, b.id AS benefit,
       fact_from, fact_to, n.id AS owner_id, k.degree AS owner_kin_degree,
       size(fines) AS fines, size(paid) > 0 AS pays_premium, size(rung) > 0 AS phone_on_policy,
       [r.rid, t.rid, o.rid] + [x IN fines | x.rid] + [x IN fines | x.plate]
         + [x IN paid | x.rid] + [x IN rung | x.rid] AS evidence
ORDER BY household, person_id, vehicle_id, benefit, fact_from, owner_id
