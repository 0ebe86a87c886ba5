// ---
// id = "E03"
// title = { zh = "重复享受", en = "double registration" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { one_card_payment = 75, dibao_household_register = 75, dibao_member_register = 75 }
// min_grade = "certificate"
// basis = ["B1", "B2"]
// clearing = ["X03", "X15", "X18"]
// harmless = [
//   { zh = "迁移转办，当月两地均发放", en = "the case moved and the month of the move was paid twice" },
//   { zh = "系统切换后换了编号", en = "the case got a new number in a system change" },
//   { zh = "两人共用一个错误的身份证号", en = "two people share one wrong number" },
// ]
// blind = [
//   { zh = "另一处登记所在县未报送数据", en = "a second registration in a county that sends no data" },
//   { zh = "同一人用另一个证件号登记的", en = "a registration under another number of the same person" },
// ]
// returns = ["household", "person_id", "benefit", "also_paid", "fact_from", "fact_to", "programme", "first_household", "evidence"]
// identity = ["household", "person_id", "benefit", "also_paid"]
// about = "household"
// states = { zh = "同一人员自 {fact_from} 起同时登记于两处{programme}：{also_paid} 与 {benefit}", en = "from {fact_from} one person stands in two registrations of {programme}: {also_paid} and {benefit}" }
// ask = { zh = "两处登记是否为同一人？是否已迁移，原户何时停发？", en = "Are both registrations the same person? Did the case move, and when did the first stop?" }
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit)<-[:RECEIVES]-(:Person) WHERE b.programme IN ['低保', '特困', '残疾人两项补贴', '高龄津贴'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (h:Household)<-[t:BELONGS_TO]-(b:Benefit)<-[r:RECEIVES]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  AND b.programme IN ['低保', '特困', '残疾人两项补贴', '高龄津贴']
MATCH (p)-[r1:RECEIVES]->(b1:Benefit)-[t1:BELONGS_TO]->(h1:Household)
WHERE b1.programme = b.programme AND b1.id <> b.id
  // A programme kept by person gets a new row with a new amount: two places make it double.
  // An area and the one that took its place are one.
  AND (b.programme = '低保' OR b1.area_code <> b.area_code AND NOT EXISTS {
    // Areas are renamed or merged a few times in a lifetime.
    MATCH (:Area {id: b.area_code})-[:SUCCEEDED_BY*0..5]->(:Area)<-[:SUCCEEDED_BY*0..5]-(z:Area)
    WHERE z.id = b1.area_code })
WITH h, t, b, r, p, r1, b1, t1, h1,
     coalesce(r.valid_from, date('0001-01-01')) AS since,
     coalesce(r1.valid_from, date('0001-01-01')) AS since1
// The hit is about the registration that came second.
WHERE since1 < since OR (since1 = since AND b1.id < b.id)
WITH h, t, b, r, p, r1, b1, t1, h1, since,
     reduce(d = since, x IN [t.valid_from, t1.valid_from] | CASE WHEN x > d THEN x ELSE d END)
       AS fact_from,
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to, r1.valid_to, t1.valid_to]
       | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
RETURN h.id AS household, p.id AS person_id, b.id AS benefit, b1.id AS also_paid, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       b.programme AS programme, h1.id AS first_household,
       [r1.rid, t1.rid, r.rid, t.rid] AS evidence
ORDER BY household, person_id, benefit, also_paid, fact_from
