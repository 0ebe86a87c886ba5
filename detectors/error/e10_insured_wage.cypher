// ---
// id = "E10"
// title = { zh = "单位参保推算工资", en = "wages implied by employee insurance" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { employee_social_insurance = 75, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B8"]
// recompute = "over_line"
// clearing = ["X05", "X06", "X07", "X18", "X21"]
// harmless = [
//   { zh = "本人自缴或由代理机构代缴", en = "the person pays the contributions alone or through an agency" },
//   { zh = "工资已申报并计入", en = "the wage was declared and counted" },
//   { zh = "因新就业给予渐退期", en = "a grace period was granted for the new job" },
//   { zh = "缴费基数下限远高于临时工实际收入", en = "the floor of the base is far above what a part-timer earns" },
// ]
// blind = [
//   { zh = "未缴社保的就业", en = "work without contributions" },
//   { zh = "借名参保", en = "a name lent to an employer" },
//   { zh = "高于申报基数的实际工资", en = "wages above the declared base" },
// ]
// returns = ["household", "person_id", "flexible", "benefit", "fact_from", "fact_to", "companies", "base_yuan", "insured_from", "evidence"]
// identity = ["household", "person_id", "flexible"]
// about = "household"
// states = { zh = "家庭成员自 {insured_from} 起连续由单位缴纳职工养老保险，最高缴费基数 {base_yuan} 元", en = "an employer has paid pension insurance for a member without a break since {insured_from}, on a base of up to {base_yuan} CNY" }
// ask = { zh = "是否在该单位上班？每月实际收入多少，何时开始？", en = "Does the member work there? Since when, and what is really earned?" }
// [params.min_months]
// default = 3
// unit = "months in a row, 1 or more"
// why = "one month may be a late posting or a job that was not kept"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
// Arrears posted later (补缴) and stopped accounts (停缴) are no work of that month.
WITH h, t, b, r, p, COLLECT {
  MATCH (p)-[e:EMPLOYED_BY]->(c:Company)
  WHERE e.kind = 'social_insurance' AND coalesce(e.status, '正常缴费') = '正常缴费'
    AND e.valid_from < $as_of_end
    AND coalesce(e.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN {since: e.valid_from, until: coalesce(e.valid_to, $as_of_end), rid: e.rid,
          company: c.id, base: e.base_yuan, flexible: coalesce(e.flexible, false)} AS spell
  ORDER BY e.valid_from, e.rid
} AS spells
UNWIND [false, true] AS flexible
WITH h, t, b, r, p, flexible, [s IN spells WHERE s.flexible = flexible] AS spells
// A run is a stretch of spells without a month between them, whoever the employer.
UNWIND [s IN spells WHERE none(x IN spells WHERE x.since < s.since AND s.since <= x.until)
        | s.since] AS since
WITH DISTINCT h, t, b, r, p, flexible, spells, since
WITH h, t, b, r, p, flexible, spells, since,
     reduce(d = date('9999-12-31'), s IN [s IN spells WHERE s.since >= since
       AND none(x IN spells WHERE x.since <= s.until AND s.until < x.until)]
       | CASE WHEN s.until < d THEN s.until ELSE d END) AS finish
WHERE duration.inMonths(since, CASE WHEN finish > $as_of_end THEN $as_of_end ELSE finish END).months
      >= $min_months
WITH h, t, b, r, p, flexible, since,
     [s IN spells WHERE s.since >= since AND s.until <= finish] AS run,
     reduce(d = since, x IN [r.valid_from, t.valid_from, b.start_date]
       | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
     reduce(d = finish, x IN [r.valid_to, t.valid_to, b.end_date]
       | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to
RETURN h.id AS household, p.id AS person_id, flexible, b.id AS benefit, fact_from, fact_to,
       reduce(l = [], s IN run | CASE WHEN s.company IN l THEN l ELSE l + [s.company] END)
         AS companies,
       reduce(m = null, s IN run | CASE WHEN m >= s.base THEN m ELSE coalesce(s.base, m) END)
         AS base_yuan,
       since AS insured_from, [r.rid, t.rid] + [s IN run | s.rid] AS evidence
ORDER BY household, person_id, flexible, benefit, fact_from
