// ---
// id = "E22"
// title = { zh = "企业/个体户任职持股", en = "company or business role" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { enterprise_registration = 45, individual_business = 45, shareholders = 45, executives = 45, enterprise_tax_filing = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B2", "B4"]
// clearing = ["X03", "X04", "X05", "X12", "X18"]
// harmless = [
//   { zh = "企业休眠，零申报", en = "the company sleeps and files zero" },
//   { zh = "被冒名或借名", en = "the name was used or lent" },
//   { zh = "无雇员的家庭作坊", en = "a family workshop without employees" },
//   { zh = "经营收入已申报并计入", en = "the profit was declared and counted" },
// ]
// blind = [
//   { zh = "未登记的经营", en = "trade without registration" },
//   { zh = "税务未报送申报、也未填从业人数的企业", en = "companies whose tax office sends no filings and that state no employees" },
//   { zh = "实际经营却零申报的企业", en = "companies that work and file zeros" },
// ]
// returns = ["household", "person_id", "company_id", "benefit", "fact_from", "fact_to", "roles", "kind", "revenue_yuan", "employees", "by_filing", "evidence"]
// identity = ["household", "person_id", "company_id"]
// about = "household"
// states = { zh = "家庭成员在存续经营主体 {company_id} 任职或持股（{roles}），申报营业收入合计 {revenue_yuan} 元，从业人数 {employees}", en = "a member has a role ({roles}) in the active business {company_id}; filed revenue {revenue_yuan} CNY in all, employees: {employees}" }
// ask = { zh = "该主体是否实际经营、由谁经营？本人是否知情？", en = "Does the business run, and who runs it? Does the person know of it?" }
// [params.min_ratio]
// default = 0.05
// unit = "share of capital, 0 to 1"
// why = "a smaller share is an investment in name only"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
MATCH (p)-[k:LEGAL_REP_OF|SHAREHOLDER_OF|EXEC_OF]->(c:Company {status: '存续'})
// A supervisor does not run the company; a share must be known to count.
WHERE (type(k) <> 'EXEC_OF' OR coalesce(k.position, '') <> '监事')
  AND (type(k) <> 'SHAREHOLDER_OF' OR k.ratio >= $min_ratio)
  AND coalesce(k.grade, 'exact') IN ['exact', 'repaired', 'certificate']
WITH h, t, b, r, p, c, k
ORDER BY k.rid
WITH h, t, b, r, p, c, collect(DISTINCT type(k)) AS roles, collect({rid: k.rid,
  since: coalesce(k.valid_from, c.setup_date, date('0001-01-01')),
  until: coalesce(k.valid_to, date('9999-12-31'))}) AS posts
WITH *, COLLECT {
  MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.revenue_yuan > 0 AND x.period_end < $as_of_end
    AND coalesce(f.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN {since: x.period_end - duration({months: coalesce(x.period_months, 1) - 1}),
          until: x.period_end + duration({months: 1}), rid: f.rid, revenue: x.revenue_yuan}
            AS filing
  ORDER BY x.period_end, f.rid
} AS filings
WITH *, [f IN filings WHERE any(k IN posts WHERE f.since < k.until AND k.since < f.until)]
  AS filings
// Months with revenue; where no filing says how much, employees show that the business runs. A firm
// that files zeros sleeps, whatever number of employees its registration once gave.
UNWIND CASE WHEN size(filings) > 0 THEN filings
            WHEN c.employees > 0 AND NOT EXISTS {
              MATCH (c)-[:FILED]->(x:TaxFiling)
              WHERE x.revenue_yuan IS NOT NULL AND x.period_end < $as_of_end
            } THEN [{since: date('0001-01-01'), until: date('9999-12-31')}]
            ELSE [] END AS run
UNWIND posts AS post
WITH *, reduce(d = run.since, x IN [r.valid_from, t.valid_from, b.start_date, post.since]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = run.until, x IN [r.valid_to, t.valid_to, b.end_date, post.until]
    | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
WITH h, p, c, b, t, r, roles, filings, run, fact_from, until, collect(post.rid) AS held
RETURN h.id AS household, p.id AS person_id, c.id AS company_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to, roles, c.kind AS kind,
       reduce(y = 0.0, f IN filings | y + f.revenue) AS revenue_yuan, c.employees AS employees,
       size(filings) > 0 AS by_filing, [r.rid, t.rid] + held + [z IN [run.rid] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, company_id, benefit, fact_from, evidence
