// ---
// id = "E09"
// title = { zh = "财政供养人员在保", en = "public payroll member" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { public_payroll = 75, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B1", "B4"]
// recompute = "over_line"
// clearing = ["X05", "X06", "X07", "X15", "X17", "X18", "X24"]
// harmless = [
//   { zh = "公益性岗位本就面向困难群众", en = "a public-welfare post is meant for poor people" },
//   { zh = "遗属补助不是工资", en = "the allowance of a bereaved family is no pay" },
//   { zh = "工资已申报并计入", en = "the pay was declared and counted" },
//   { zh = "处于渐退期", en = "a grace period was granted" },
// ]
// blind = [
//   { zh = "未向财政统发系统报送的单位", en = "units that do not report to the treasury" },
//   { zh = "经劳务派遣发放的工资", en = "pay through labour agencies" },
// ]
// returns = ["household", "person_id", "unit_id", "benefit", "fact_from", "fact_to", "kind", "post_type", "base_yuan", "evidence"]
// identity = ["household", "person_id", "unit_id"]
// about = "household"
// states = { zh = "家庭成员自 {fact_from} 起由财政供养单位 {unit_id} 发放（{post_type}，每月 {base_yuan} 元）", en = "a member has been paid by the public unit {unit_id} since {fact_from} ({post_type}, {base_yuan} CNY a month)" }
// ask = { zh = "该成员在何单位、何岗位，工资是否已申报？", en = "Which unit and post is it, and was the pay declared?" }
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
// Welfare posts and allowances of the bereaved are found too, and cleared with their reason.
MATCH (p)-[e:EMPLOYED_BY]->(u:PublicUnit)
WHERE e.kind IN ['public_payroll', 'welfare_post'] AND e.valid_from < $as_of_end
  AND coalesce(e.grade, 'exact') IN ['exact', 'repaired', 'certificate']
WITH h, t, b, r, p, e, u,
     reduce(d = e.valid_from, x IN [r.valid_from, t.valid_from, b.start_date]
       | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to, b.end_date, e.valid_to]
       | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
RETURN h.id AS household, p.id AS person_id, u.id AS unit_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       e.kind AS kind, e.post_type AS post_type, e.base_yuan AS base_yuan,
       [r.rid, t.rid, e.rid] AS evidence
ORDER BY household, person_id, unit_id, benefit, fact_from, evidence
