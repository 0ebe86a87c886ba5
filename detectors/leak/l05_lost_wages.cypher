// ---
// id = "L05"
// title = { zh = "失业断保收入骤减", en = "wages stopped" }
// version = 1
// status = "test"
// strength = "K2"
// sources = { employee_social_insurance = 75, dibao_member_register = 75, temporary_assistance = 75 }
// min_grade = "linked"
// basis = ["B2", "B6"]
// harmless = [
//   { zh = "已在外省重新就业", en = "a new job in another province" },
//   { zh = "春节前后两个工程之间的空档", en = "between two projects around the spring festival" },
//   { zh = "退休", en = "retirement" },
// ]
// blind = [
//   { zh = "前后均未缴社保的就业", en = "work without contributions, before and after" },
//   { zh = "未列入任何户籍名册的成员的工资", en = "wages of members whom no household register lists" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "last_paid_to", "wage_before_yuan", "wage_now_yuan", "is_registered_unemployed", "evidence"]
// identity = ["household", "person_id"]
// about = "household"
// states = { zh = "职工参保自 {last_paid_to} 起中断，家庭月均工资由 {wage_before_yuan} 元降至 {wage_now_yuan} 元，无在享救助", en = "contributions stopped on {last_paid_to}; the household's mean monthly wage fell from {wage_before_yuan} to {wage_now_yuan} CNY, and no help is on record" }
// ask = { zh = "是否已找到新工作？家庭靠什么生活？", en = "Is there a new job? What does the family live on?" }
// [params.min_gap]
// default = 3
// unit = "months without contributions, 1 or more"
// why = "shorter gaps are a change of job"
// [params.min_drop]
// default = 0.5
// unit = "share of the household's wage that is gone, 0 to 1"
// why = "half the wage gone is more than a family can put aside for"
// [params.help_months]
// default = 12
// unit = "months in which one-off help counts"
// why = "one-off help is rarely given twice in a year"
// [eligible]
// match = "MATCH (p:Person)-[:EMPLOYED_BY {kind: 'social_insurance'}]->(:Company) RETURN count(DISTINCT p.id) AS eligible"
// ---
MATCH (p:Person)-[e:EMPLOYED_BY {kind: 'social_insurance'}]->(:Company)
WHERE e.valid_from < $as_of_end AND NOT coalesce(e.flexible, false)
  AND coalesce(e.status, '正常缴费') = '正常缴费'
WITH p, e
ORDER BY e.valid_to, e.rid
WITH p, max(coalesce(e.valid_to, $as_of_end)) AS last_paid_to, last(collect(e.rid)) AS last_spell
WHERE duration.inMonths(last_paid_to, $as_of_end).months >= $min_gap
  // Older losses leave no wage in the year before the gap.
  AND last_paid_to > $as_of_end - duration({months: 12 + $min_gap})
  AND NOT EXISTS {
    MATCH (p)-[z:DIED]->(:DeathRecord)
    WHERE coalesce(z.grade, 'exact') IN ['exact', 'repaired', 'certificate', 'linked']
  }
  AND NOT coalesce(p.hukou_status, '正常') IN ['死亡', '迁出']
  // Retired people stop paying in; an unknown age is no retirement.
  AND NOT coalesce(p.birth_date + duration({years: CASE p.sex WHEN '女' THEN 55 ELSE 60 END})
                   <= last_paid_to, false)
  // Paying for oneself, and an account that is closed or paid up later, are no new job.
  AND NOT EXISTS {
    MATCH (p)-[x:EMPLOYED_BY]->(:Company|PublicUnit)
    WHERE x.valid_from < $as_of_end AND (x.valid_to IS NULL OR x.valid_to > $as_of)
      AND NOT coalesce(x.flexible, false)
      AND NOT coalesce(x.status, '正常缴费') IN ['停缴', '补缴', '封存']
  }
// The household that stands for the person: assistance, poverty archive, else the household book.
CALL (p) {
  OPTIONAL MATCH (p)-[m:MEMBER_OF]->(h:Household)
  WHERE (m.valid_from IS NULL OR m.valid_from < $as_of_end)
    AND (m.valid_to IS NULL OR m.valid_to > $as_of)
    AND h.register IN ['dibao_household_register', 'low_income_edge_register', 'poverty_archive']
  WITH m, h ORDER BY h.register = 'poverty_archive', h.id, m.rid
  RETURN head(collect(h)) AS home, head(collect(m.rid)) AS listed
}
CALL (p) {
  OPTIONAL MATCH (p)-[y:REGISTERED_IN]->(k:HukouBook)
  WHERE y.valid_to IS NULL
  WITH y, k ORDER BY k.id, y.rid
  RETURN head(collect(k.id)) AS book, head(collect(y.rid)) AS entry
}
WITH p, last_paid_to, last_spell, home, coalesce(listed, entry) AS seat,
     coalesce(home.id, 'hukou_population/' + book, 'person:' + p.id) AS household
WHERE $households IS NULL OR household IN $households
// The people whose wages the family lives on: its register, else the household book.
WITH p, last_paid_to, last_spell, seat, household, COLLECT {
  MATCH (home)<-[m:MEMBER_OF]-(q:Person)
  WHERE m.valid_to IS NULL OR m.valid_to > $as_of
  RETURN q
  UNION MATCH (p)-[v:REGISTERED_IN]->(:HukouBook)<-[y:REGISTERED_IN]-(q:Person)
  WHERE home IS NULL AND y.valid_to IS NULL
    AND v.valid_to IS NULL
  RETURN q
  UNION RETURN p AS q
} AS family
// Help for one of them is help for all.
WHERE none(q IN family WHERE EXISTS {
  MATCH (q)-[r:RECEIVES]->(b:Benefit)
  WHERE r.valid_from >= $as_of_end - duration({months: $help_months})
      AND r.valid_from < $as_of_end AND b.programme = '临时救助'
    OR b.programme IN ['低保', '特困', '低保边缘']
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
})
UNWIND family AS q
UNWIND range(1, 12 + $min_gap) AS back
OPTIONAL MATCH (q)-[x:EMPLOYED_BY]->(:Company|PublicUnit)
WHERE x.kind IN ['social_insurance', 'public_payroll', 'welfare_post'] AND x.base_yuan > 0
  AND NOT coalesce(x.flexible, false) AND NOT coalesce(x.status, '') IN ['停缴', '补缴', '封存']
  AND x.valid_from <= $as_of_end - duration({months: back})
  AND (x.valid_to IS NULL OR x.valid_to > $as_of_end - duration({months: back}))
WITH p, last_paid_to, last_spell, seat, household, q, back, x.kind AS kind,
     sum(coalesce(x.base_yuan, 0.0)) AS wage
// Pay and contributions in one month speak of one job.
WITH p, last_paid_to, last_spell, seat, household, q, back, max(wage) AS wage
WITH p, last_paid_to, last_spell, seat, household,
     sum(CASE WHEN back <= $min_gap THEN wage ELSE 0.0 END) / $min_gap AS wage_now,
     sum(CASE WHEN back <= $min_gap THEN 0.0 ELSE wage END) / 12.0 AS wage_before
WHERE wage_before > 0 AND 1.0 - wage_now / wage_before >= $min_drop
OPTIONAL MATCH (p)-[l:LOST_JOB]->(j:JobLoss)
WHERE j.reg_date < $as_of_end AND (j.cancel_date IS NULL OR j.cancel_date >= $as_of)
WITH p, last_paid_to, last_spell, seat, household, wage_now, wage_before, min(l.rid) AS registered
RETURN household, p.id AS person_id, null AS benefit,
       last_paid_to + duration({months: $min_gap - 1}) AS fact_from, null AS fact_to, last_paid_to,
       round(wage_before, 2) AS wage_before_yuan, round(wage_now, 2) AS wage_now_yuan,
       registered IS NOT NULL AS is_registered_unemployed,
       [last_spell] + [z IN [registered, seat] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id
