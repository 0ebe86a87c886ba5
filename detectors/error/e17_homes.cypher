// ---
// id = "E17"
// title = { zh = "多套住房或商铺", en = "homes or shops over the limit" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { real_estate_registration = 45, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B4"]
// clearing = ["X02", "X03", "X04", "X10", "X11", "X18"]
// harmless = [
//   { zh = "其中一套已拆除，登记未更新", en = "one home was pulled down and the register is stale" },
//   { zh = "第二套是安置房", en = "the second home is a resettlement flat" },
//   { zh = "继承的小份额不构成住房", en = "a small inherited share gives no home" },
//   { zh = "住房被法院查封", en = "a court has frozen the home" },
//   { zh = "未作说明的家庭可能是没有能力说明", en = "a family that does not answer was perhaps not able to" },
// ]
// blind = [
//   { zh = "未登记的住房", en = "homes without registration" },
//   { zh = "登记在他人名下的住房（见 E19）", en = "homes in other people's names (E19)" },
//   { zh = "小产权房", en = "small rural property rights" },
//   { zh = "登记未载明面积的住房不计入面积", en = "homes whose area no register states do not add to the area" },
//   { zh = "首次报送时已成历史的住房", en = "homes that were history when they were first delivered" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "homes", "shops", "area_pc_m2", "units", "evidence"]
// identity = ["household", "benefit", "units"]
// about = "household"
// states = { zh = "自 {fact_from} 起家庭成员名下有住房 {homes} 套、非住宅 {shops} 处，人均住房面积 {area_pc_m2} 平方米", en = "since {fact_from} the members own {homes} homes and {shops} commercial units, {area_pc_m2} m2 of home per head" }
// ask = { zh = "各处房产现由谁居住、使用？是否已拆除、出售或为安置房？", en = "Who lives in or uses each unit? Was one pulled down, sold, or given for resettlement?" }
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "one home is the usual limit"
// policy = "asset.home_count_max"
// [params.home_area_mult]
// default = 2.0
// unit = "times the guaranteed area per head"
// why = "two small homes together may be less than one ordinary home"
// policy = "asset.home_area_mult"
// [params.allowed_area_pc]
// default = 30.0
// unit = "m2 of home per head"
// why = "the area that housing guarantee gives a person"
// policy = "dibao.allowed_home_area_pc"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
MATCH (p)-[o:OWNS]->(u:Property)
// Only a record of the past says that a unit is gone; an unknown status does not.
WHERE u.use IN ['住宅', '商业', '工业'] AND coalesce(u.status, '现势') IN ['现势', '查封']
  AND coalesce(o.valid_from, o.known_from) IS NOT NULL
  // One weak record must not spoil the strong ones.
  AND all(x IN [r, t, o] WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
WITH h, t, b, r, p, o, u,
     reduce(d = date.truncate('month', coalesce(o.valid_from, o.known_from)) +
       duration({months: 1}),
       x IN [r.valid_from, t.valid_from, b.start_date] | CASE WHEN x > d THEN x ELSE d END)
         AS since,
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to, b.end_date, o.valid_to]
       | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE since < until AND since < $as_of_end
WITH h, b, u, p, since, until, [o.rid, r.rid, t.rid] AS rids
ORDER BY u.id, p.id, since, rids
WITH h, b, min(since) AS first, max(until) AS last,
     collect({id: u.id, is_home: u.use = '住宅', area: coalesce(u.area_m2, 0.0),
              since: since, until: until, owner: p.id, rids: rids}) AS owned
// Look at the household on every day on which a unit or a member comes or goes.
UNWIND [x IN owned | x.since] + [x IN owned | x.until] + COLLECT {
  MATCH (:Person)-[e:MEMBER_OF]->(h)
  UNWIND [e.valid_from, e.valid_to] AS day
  WITH day WHERE first < day AND day < last
  RETURN day
} AS day
WITH DISTINCT h, b, owned, day
ORDER BY day
WITH h, b, day, [x IN owned WHERE x.since <= day AND day < x.until] AS held,
     COUNT { MATCH (m:Person)-[e:MEMBER_OF]->(h)
             WHERE (e.valid_from IS NULL OR e.valid_from <= day)
               AND (e.valid_to IS NULL OR day < e.valid_to)
             RETURN DISTINCT m.id } AS people
// A unit that two members own is one unit.
WITH h, b, day, held, people,
     [i IN range(0, size(held) - 1) WHERE i = 0 OR held[i - 1].id <> held[i].id | held[i]] AS units
WITH h, b, day, held, units, size([x IN units WHERE x.is_home]) AS homes,
     size([x IN units WHERE NOT x.is_home]) AS shops,
     CASE WHEN people > 0 THEN reduce(a = 0.0, x IN [y IN units WHERE y.is_home] | a + x.area)
                               / people END AS area_pc
WITH h, b, collect({day: day, held: held, units: units, homes: homes, shops: shops, area_pc: area_pc,
  is_over: shops > 0 OR (homes > $home_count_max AND area_pc > $home_area_mult * $allowed_area_pc)
}) AS steps
// Each stock of units is a hit of its own: what clears one need not clear the next.
UNWIND [i IN range(0, size(steps) - 1) WHERE steps[i].is_over] AS i
WITH h, b, steps[i] AS step, steps[i + 1].day AS until
WHERE step.day < $as_of_end
RETURN h.id AS household, last(step.units).owner AS person_id, b.id AS benefit,
       step.day AS fact_from, CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       step.homes AS homes, step.shops AS shops, round(step.area_pc, 1) AS area_pc_m2,
       [x IN step.units | x.id] AS units,
       reduce(l = [], x IN step.held | l + [y IN x.rids WHERE NOT y IN l]) AS evidence
ORDER BY household, benefit, fact_from
