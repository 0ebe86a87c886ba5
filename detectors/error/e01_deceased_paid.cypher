// ---
// id = "E01"
// title = { zh = "死亡人员仍领取", en = "deceased still paid" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { one_card_payment = 75, hukou_death_cancellation = 45, funeral_cremation = 45, death_medical_certificate = 45 }
// min_grade = "certificate"
// basis = ["B1", "B6"]
// clearing = ["X03", "X18", "X19"]
// harmless = [
//   { zh = "死亡登记用错了身份证号", en = "the death was recorded under the wrong number" },
//   { zh = "死亡当月及宽限月份应发", en = "the payment of the month of death and the grace months is due" },
//   { zh = "该户其余成员继续合法享受，只需重新核定金额", en = "the household's amount goes on lawfully for the survivors and only has to be recomputed" },
// ]
// blind = [
//   { zh = "没有任何登记的死亡，如未登记的土葬", en = "deaths that no register knows, such as burials without a record" },
//   { zh = "外省死亡未回传的", en = "deaths in another province that were not sent back" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "death_date", "registers", "evidence"]
// identity = ["household", "person_id", "benefit"]
// about = "household"
// states = { zh = "{registers} 个登记记载该人员于 {death_date} 死亡，{fact_from} 起待遇仍在发放", en = "{registers} register(s) record the death on {death_date}; the benefit ran on from {fact_from}" }
// ask = { zh = "该人员是否在世？如已去世，家中何时报告，存折由谁保管？", en = "Is the person alive? If not, when was the death reported, and who keeps the bank book?" }
// [params.grace_months]
// default = 1
// unit = "months after the month of death, 0 or more"
// why = "the payment of the month after death is often ordered before the death is known"
// policy = "death.grace_m"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit)<-[:RECEIVES]-(:Person) WHERE NOT b.programme IN ['低保边缘', '刚性支出'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (p:Person)-[died:DIED]->(x:DeathRecord)
WHERE x.death_date < $as_of_end
  // One weak record must not spoil the strong ones.
  AND coalesce(died.grade, 'exact') IN ['exact', 'repaired', 'certificate']
// A record under another name, and not with the person's birth date, tells of somebody else.
WITH p, died, x, coalesce(x.name_token <> p.name_token
  AND (x.birth_date IS NULL OR p.birth_date IS NULL OR x.birth_date <> p.birth_date), false)
    AS is_others
ORDER BY died.rid
WITH p, collect({rid: died.rid, day: x.death_date, register: x.register, is_others: is_others})
  AS records
// Beside a record of the person's own such a record says nothing; alone it is shown, and cleared.
WITH p, CASE WHEN all(x IN records WHERE x.is_others) THEN records
             ELSE [x IN records WHERE NOT x.is_others] END AS records
UNWIND records AS x
// Registers often write the day of cancellation for the day of death: the earliest day is the
// death.
WITH p, min(x.day) AS death_date, count(DISTINCT x.register) AS registers,
     collect(x.rid) AS deaths
MATCH (p)-[r:RECEIVES]->(b:Benefit)-[t:BELONGS_TO]->(h:Household)
WHERE ($households IS NULL OR h.id IN $households)
  AND NOT b.programme IN ['低保边缘', '刚性支出']  // recognised, and paid nothing
WITH h, p, b, r, t, death_date, registers, deaths,
     date.truncate('month', death_date) + duration({months: 1 + toInteger($grace_months)}) AS due
WITH h, p, b, r, t, death_date, registers, deaths,
     reduce(d = due, x IN [r.valid_from, t.valid_from] | CASE WHEN x > d THEN x ELSE d END)
       AS fact_from,
     // Who was listed to the benefit's own end is listed as long as its payments run on.
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to]
       | CASE WHEN x < d AND NOT coalesce(x >= b.end_date, false) THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
RETURN h.id AS household, p.id AS person_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       death_date, registers, [r.rid, t.rid] + deaths AS evidence
ORDER BY household, person_id, benefit, fact_from
