// ---
// id = "E15"
// title = { zh = "超标车辆", en = "vehicle over the limit" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { vehicle_registration = 45, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B4"]
// clearing = ["X02", "X03", "X04", "X15", "X18"]
// harmless = [
//   { zh = "车辆为残疾人专用车", en = "the car is a disabled person's own vehicle" },
//   { zh = "车辆是家庭唯一的谋生工具", en = "it is the only tool the family lives on" },
//   { zh = "车辆已出售或报废，登记未更新", en = "it was sold or scrapped and the register is stale" },
//   { zh = "为上牌或分期付款借名登记", en = "the name was lent for a plate or an instalment plan" },
// ]
// blind = [
//   { zh = "登记在他人名下的车辆（见 E16）", en = "cars in other people's names (E16)" },
//   { zh = "货车与机械（见 E35）", en = "lorries and machines (E35)" },
//   { zh = "登记未载明起始日期的车辆，自获知之日起算", en = "an ownership whose beginning no register knows counts from the day we learnt of it" },
// ]
// returns = ["household", "person_id", "vehicle_id", "benefit", "fact_from", "fact_to", "vehicle_type", "vehicle_status", "price_yuan", "owned_from", "evidence"]
// identity = ["household", "person_id", "vehicle_id"]
// about = "household"
// states = { zh = "家庭成员名下自 {owned_from} 起登记有{vehicle_type}（状态：{vehicle_status}）", en = "a member has been the registered owner of a car ({vehicle_type}, {vehicle_status}) since {owned_from}" }
// ask = { zh = "该车由谁购买、谁在使用？是否已出售或报废？", en = "Who bought the car and who uses it? Was it sold or scrapped?" }
// [params.vehicle_allowed]
// default = 0
// unit = "0 no car, 1 one car below the price limit"
// why = "most property rules allow no car"
// policy = "asset.vehicle_allowed"
// [params.price_mult]
// default = 12
// unit = "times the yearly standard per person"
// why = "the one rule with a price limit that was found"
// policy = "asset.vehicle_price_mult"
// [params.std_urban]
// default = 780
// unit = "CNY/month"
// why = "the urban standard of the county"
// policy = "dibao.std_month_urban"
// [params.std_rural]
// default = 570
// unit = "CNY/month"
// why = "the rural standard of the county"
// policy = "dibao.std_month_rural"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
MATCH (p)-[o:OWNS]->(v:Vehicle)
WHERE v.vehicle_type =~ '(小型|微型).*(轿车|客车|面包车)'
  // A vehicle that left the register belonged to the owner until then; without a day, nothing is
  // known.
  AND (v.status IN ['正常', '逾期未检'] OR v.status_date IS NOT NULL)
WITH h, t, b, r, p, o, v, coalesce(o.valid_from, o.known_from) AS owned_from,
     CASE WHEN v.status IN ['正常', '逾期未检'] THEN null ELSE v.status_date END AS gone,
     CASE WHEN h.urban_rural = '城市' THEN $std_urban ELSE $std_rural END AS standard
WHERE owned_from IS NOT NULL
WITH h, t, b, r, p, o, v, owned_from, standard,
     reduce(d = date.truncate('month', owned_from) + duration({months: 1}),
       x IN [r.valid_from, t.valid_from, b.start_date] | CASE WHEN x > d THEN x ELSE d END)
         AS fact_from,
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to, b.end_date, o.valid_to, gone]
       | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
  AND ($vehicle_allowed < 1 OR v.price_yuan >= $price_mult * 12 * standard OR EXISTS {
    // One car may be allowed; the second is not, while its owner is a member.
    MATCH (h)<-[r2:MEMBER_OF]-(:Person)-[o2:OWNS]->(v2:Vehicle)
    WHERE v2.id <> v.id AND v2.vehicle_type =~ '(小型|微型).*(轿车|客车|面包车)'
      AND v2.status IN ['正常', '逾期未检'] AND o2.valid_from IS NOT NULL
      AND all(x IN [r2, o2] WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
      AND reduce(d = fact_from, x IN [r2.valid_from, o2.valid_from]
            | CASE WHEN x > d THEN x ELSE d END)
        < reduce(d = until, x IN [r2.valid_to, o2.valid_to] | CASE WHEN x < d THEN x ELSE d END)
  })
RETURN h.id AS household, p.id AS person_id, v.id AS vehicle_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       v.vehicle_type AS vehicle_type, v.status AS vehicle_status, v.price_yuan AS price_yuan,
       owned_from, [r.rid, t.rid, o.rid] AS evidence
ORDER BY household, person_id, vehicle_id, benefit, fact_from
