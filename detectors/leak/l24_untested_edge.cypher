// ---
// id = "L24"
// title = { zh = "应认定边缘或刚性未认定", en = "near the line and never tested" }
// version = 2
// status = "test"
// strength = "K2"
// sources = { household_income_ledger = 400, poverty_archive = 75, low_income_edge_register = 75, rigid_expenditure_register = 75, assistance_case_history = 75, inpatient_settlement = 75 }
// min_grade = "linked"
// basis = ["B2"]
// harmless = [
//   { zh = "收入台账过期或照抄上年", en = "the ledger is stale or copied from last year" },
//   { zh = "该户本人不愿申请认定", en = "the family does not want to be recognised" },
// ]
// blind = [
//   { zh = "曾申请而被不予受理或不予确认的家庭", en = "households that applied and were refused" },
//   { zh = "没有收入台账的家庭", en = "households without an income ledger" },
//   { zh = "银行存款", en = "money in banks" },
//   { zh = "学费等医疗以外的刚性支出", en = "school fees and other rigid spending outside hospitals" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "basis", "income_pc_month_yuan", "self_pay_yuan", "ledger_year", "evidence"]
// identity = ["household"]
// about = "household"
// states = { zh = "台账 {ledger_year} 年人均月收入 {income_pc_month_yuan} 元，近十二个月住院自付 {self_pay_yuan} 元，符合{basis}条件而未认定", en = "ledger {ledger_year}: {income_pc_month_yuan} CNY per head and month, hospital self-pay {self_pay_yuan} CNY in twelve months; fits the conditions of {basis} and is not recognised" }
// ask = { zh = "家庭现在收入和支出如何？是否愿意申请低保边缘或刚性支出认定？", en = "How do income and spending stand now? Does the family want to apply?" }
// [params.edge_multiple]
// default = 1.5
// unit = "times the standard; exactly this much does not count"
// why = "the edge of low income ends here"
// policy = "edge.multiple"
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
// [params.rigid_ratio]
// default = 0.6
// unit = "self-paid hospital cost of twelve months over the year's income, 0 or more"
// why = "the ratio for medical spending alone"
// policy = "rigid.ratio_medical"
// [params.income_year]
// default = 17400
// unit = "CNY/year, rural disposable income per head; exactly this much does not count"
// why = "rigid-spending households lie below last year's figure"
// policy = "income.rural_pc_year"
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "the property rule of the register"
// policy = "asset.home_count_max"
// [eligible]
// match = "MATCH (h:Household)-[:EARNED]->(:IncomeYear) RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (h:Household)-[z:EARNED]->(y:IncomeYear)
WHERE ($households IS NULL OR h.id IN $households)
  // A ledger year ends in September and is stale after another year.
  AND y.year >= $as_of.year - 1 AND date({year: y.year, month: 10, day: 1}) <= $as_of
WITH h, z, y
ORDER BY y.year DESC, z.rid
WITH h, head(collect(z.rid)) AS ledger, head(collect(y)) AS y
MATCH (h)<-[m:MEMBER_OF]-(p:Person)
WHERE (m.valid_from IS NULL OR m.valid_from < $as_of_end)
  AND (m.valid_to IS NULL OR m.valid_to > $as_of)
  AND NOT EXISTS {
    MATCH (p)-[x:DIED]->(:DeathRecord)
    WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate', 'linked']
  }
// A person listed twice is one person.
WITH h, ledger, y, p, min(m.rid) AS rid,
     min(CASE WHEN m.relation_to_head = '户主' THEN 0 ELSE 1 END) AS place
ORDER BY place, p.id
WITH h, ledger, y, collect(p) AS people, head(collect(rid)) AS seat
WHERE any(q IN people WHERE coalesce(q.hukou_status, '正常') <> '迁出')
  AND none(q IN people WHERE EXISTS {
  MATCH (q)-[r:RECEIVES]->(b:Benefit)
  WHERE b.programme IN ['低保', '特困', '低保边缘', '刚性支出']
    AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
    AND (r.valid_to IS NULL OR r.valid_to > $as_of)
})
  // Nor is anybody on the way: an application that nobody has decided on.
  AND none(q IN people WHERE EXISTS {
    MATCH (q)-[:MEMBER_OF]->(k:Household)-[:HAS_CASE]->(x:CaseEvent {event: '申请'})
    WHERE x.programme IN ['低保', '特困', '低保边缘', '刚性支出'] AND x.event_date < $as_of_end
      AND NOT EXISTS {
        MATCH (k)-[:HAS_CASE]->(d:CaseEvent)
        WHERE d.event <> '申请' AND d.event_date >= x.event_date AND d.event_date < $as_of_end
      }
  })
CALL (people) {
  UNWIND people AS q
  OPTIONAL MATCH (q)-[g:TREATED]->(s:InpatientStay)
  WHERE s.discharge_date >= $as_of_end - duration({months: 12}) AND s.discharge_date < $as_of_end
  WITH g, s ORDER BY s.discharge_date, g.rid
  RETURN sum(s.self_pay_yuan) AS self_pay, collect(g.rid) AS stays, max(s.discharge_date)
    AS last_stay
}
CALL (people) {
  // Property in order: no car, and no home too many.
  UNWIND people AS q
  OPTIONAL MATCH (q)-[o:OWNS]->(u:Vehicle|Property)
  WHERE (o.valid_to IS NULL OR o.valid_to > $as_of)
    AND (u.vehicle_type =~ '(小型|微型).*(轿车|客车|面包车)' AND u.status IN ['正常', '逾期未检']
         OR u.use IN ['住宅', '商业', '工业'] AND u.status IN ['现势', '查封'])
  WITH collect(DISTINCT u) AS owned
  RETURN size([u IN owned WHERE u.use = '住宅']) AS homes,
         size([u IN owned WHERE u.vehicle_type IS NOT NULL OR u.use <> '住宅']) AS other
}
WITH h, ledger, y, people, seat, self_pay, stays, last_stay, homes, other,
     y.wage_yuan + coalesce(y.business_net_yuan, 0.0) + coalesce(y.property_yuan, 0.0)
       + coalesce(y.transfer_yuan, 0.0) AS income,
     CASE WHEN h.urban_rural = '城市' THEN $std_urban ELSE $std_rural END AS standard
WITH h, ledger, y, people, seat, self_pay, stays, last_stay, income, standard,
     income / size(people) / 12.0 AS income_pc
WHERE homes <= $home_count_max AND other = 0 AND income IS NOT NULL
WITH *, CASE WHEN income_pc >= standard AND income_pc < $edge_multiple * standard THEN '低保边缘'
             WHEN income_pc * 12 < $income_year AND self_pay > 0
               AND self_pay >= $rigid_ratio * income THEN '刚性支出' END AS basis
WHERE basis IS NOT NULL
RETURN h.id AS household, head(people).id AS person_id, null AS benefit,
       CASE WHEN basis = '刚性支出' AND last_stay > date({year: y.year, month: 10, day: 1})
            THEN date.truncate('month', last_stay)
            ELSE date({year: y.year, month: 10, day: 1}) END AS fact_from, null AS fact_to, basis,
       round(income_pc, 2) AS income_pc_month_yuan, self_pay AS self_pay_yuan,
       y.year AS ledger_year, [ledger, seat] + stays AS evidence
ORDER BY household
