// ---
// id = "E11"
// title = { zh = "公积金隐含工资", en = "wage implied by the provident fund" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { provident_fund_contribution = 75, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B8"]
// recompute = "over_line"
// clearing = ["X05", "X06", "X07", "X15", "X18", "X21"]
// harmless = [
//   { zh = "账户已封存，只有旧余额", en = "the account is sealed and only keeps an old balance" },
//   { zh = "工资已申报并计入", en = "the wage was declared and counted" },
//   { zh = "因新就业给予渐退期", en = "a grace period was granted for the new job" },
// ]
// blind = [
//   { zh = "未建立公积金的单位", en = "employers without a provident fund" },
//   { zh = "低于实际工资的缴存基数", en = "bases below the wage that is really paid" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "companies", "base_yuan", "deposits_from", "evidence"]
// identity = ["household", "person_id"]
// about = "household"
// states = { zh = "家庭成员自 {deposits_from} 起连续缴存公积金，最高缴存基数 {base_yuan} 元", en = "provident-fund deposits have run without a break since {deposits_from}, on a base of up to {base_yuan} CNY" }
// ask = { zh = "公积金由哪个单位缴存？每月实际收入多少？", en = "Which employer pays into the fund, and what is really earned?" }
// [params.min_months]
// default = 6
// unit = "months in a row, 1 or more"
// why = "half a year of deposits is a job, not a settlement"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
WITH h, t, b, r, p, COLLECT {
  MATCH (p)-[e:EMPLOYED_BY]->(c:Company)
  WHERE e.kind = 'provident_fund' AND coalesce(e.status, '正常') <> '封存'
    AND e.valid_from < $as_of_end
    AND coalesce(e.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN {since: e.valid_from, until: coalesce(e.valid_to, $as_of_end), rid: e.rid,
          company: c.id, base: e.base_yuan} AS spell
  ORDER BY e.valid_from, e.rid
} AS spells
// A run is a stretch of spells without a month between them, whoever the employer.
UNWIND [s IN spells WHERE none(x IN spells WHERE x.since < s.since AND s.since <= x.until)
        | s.since] AS since
WITH DISTINCT h, t, b, r, p, spells, since
WITH h, t, b, r, p, spells, since,
     reduce(d = date('9999-12-31'), s IN [s IN spells WHERE s.since >= since
       AND none(x IN spells WHERE x.since <= s.until AND s.until < x.until)]
       | CASE WHEN s.until < d THEN s.until ELSE d END) AS finish
WHERE duration.inMonths(since, CASE WHEN finish > $as_of_end THEN $as_of_end ELSE finish END).months
      >= $min_months
WITH h, t, b, r, p, since,
     [s IN spells WHERE s.since >= since AND s.until <= finish] AS run,
     reduce(d = since, x IN [r.valid_from, t.valid_from, b.start_date]
       | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
     reduce(d = finish, x IN [r.valid_to, t.valid_to, b.end_date]
       | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to
RETURN h.id AS household, p.id AS person_id, b.id AS benefit, fact_from, fact_to,
       reduce(l = [], s IN run | CASE WHEN s.company IN l THEN l ELSE l + [s.company] END)
         AS companies,
       reduce(m = null, s IN run | CASE WHEN m >= s.base THEN m ELSE coalesce(s.base, m) END)
         AS base_yuan,
       since AS deposits_from, [r.rid, t.rid] + [s IN run | s.rid] AS evidence
ORDER BY household, person_id, benefit, fact_from
