// ---
// id = "E23"
// title = { zh = "多层穿透控制", en = "control through chains" }
// version = 1
// status = "test"
// strength = "K2"
// sources = { shareholders = 45, executives = 45, enterprise_registration = 45, enterprise_tax_filing = 75, one_card_payment = 75 }
// needs = ["CONTROLS", "KIN_OF"]
// min_grade = "certificate"
// basis = ["B2", "B4"]
// clearing = ["X12", "X18"]
// harmless = [
//   { zh = "持股为员工持股平台或合作社", en = "the holding is an employees' share platform or a cooperative" },
//   { zh = "企业休眠", en = "the company sleeps" },
//   { zh = "股份为继承所得，从未行使", en = "shares inherited and never used" },
// ]
// blind = [
//   { zh = "只有姓名的股东", en = "holders known by name only" },
//   { zh = "由朋友代持的股份", en = "shares held by friends" },
//   { zh = "由前配偶持有的股份", en = "shares held by a former spouse" },
//   { zh = "最近一次报送前已结束的持股", en = "holdings that ended before the last delivery" },
// ]
// returns = ["household", "person_id", "company_id", "benefit", "fact_from", "fact_to", "basis", "share", "depth", "revenue_12m_yuan", "evidence"]
// identity = ["household", "person_id", "company_id"]
// about = "household"
// states = { zh = "家庭成员穿透（或与近亲属合计）持有 {company_id} 股份 {share}，该企业近十二个月营业收入 {revenue_12m_yuan} 元", en = "a member holds {share} of {company_id} through a chain or together with close kin; the company's revenue in twelve months is {revenue_12m_yuan} CNY" }
// ask = { zh = "该企业由谁实际控制？分红归谁？", en = "Who really controls the company, and who gets its profit?" }
// [params.min_share]
// default = 0.25
// unit = "look-through share, 0 to 1"
// why = "a quarter is the usual mark of a beneficial owner"
// [params.min_concert]
// default = 0.5
// unit = "share held together with kin of degree two or less, 0 to 1"
// why = "half the capital decides"
// [params.min_revenue]
// default = 500000
// unit = "CNY in twelve months"
// why = "a business of this size supports a family; exactly this much does not count"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (b:Benefit)-[t:BELONGS_TO]->(h:Household)<-[r:MEMBER_OF]-(p:Person)
WHERE ($households IS NULL OR h.id IN $households)
  // The means test looks at all members; 特困 only at the person who is kept.
  AND (b.programme = '低保' OR (b.programme = '特困' AND EXISTS { MATCH (p)-[:RECEIVES]->(b) }))
CALL (p) {
  // Behind at least one company.
  MATCH (p)-[s:CONTROLS]->(c:Company {status: '存续'})
  WHERE s.share >= $min_share
  // What is held without a company between is E22's.
  WITH p, s, c, reduce(y = 0.0, x IN COLLECT {
    MATCH (p)-[d:SHAREHOLDER_OF]->(c)
    WHERE coalesce(d.valid_from < $as_of_end, true) AND coalesce(d.valid_to >= $as_of_end, true)
    RETURN d.ratio AS ratio ORDER BY ratio
  } | y + coalesce(x, 0.0)) AS direct
  WHERE s.depth >= 2 OR 0 < direct AND direct < s.share - 0.001
  RETURN c, 'chain' AS basis, s.share AS share, s.depth AS depth, s.valid_from AS held_from,
         null AS held_to, [s.rid] AS path
  UNION
  // In concert: the member acts, close kin hold.
  MATCH (p)-[k:LEGAL_REP_OF|EXEC_OF]->(c:Company {status: '存续'})
  WHERE type(k) = 'LEGAL_REP_OF' OR coalesce(k.position, '') <> '监事'
  MATCH (p)-[n:KIN_OF]->(q:Person)-[s:CONTROLS]->(c)
  WHERE n.degree <= 2 AND all(x IN [k, n, s] WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
    // The shares are those of today; so are the ties: a former spouse does not act in concert.
    AND coalesce(n.valid_from < $as_of_end, true) AND coalesce(n.valid_to >= $as_of_end, true)
  WITH p, c, k, q, s, n ORDER BY q.id, coalesce(n.valid_from, date('0001-01-01')), n.rid
  WITH p, c, k, q, s, head(collect(n)) AS tie ORDER BY q.id
  WITH p, c, k, collect({share: s.share, since: CASE WHEN tie.valid_from > s.valid_from
    THEN tie.valid_from ELSE coalesce(s.valid_from, tie.valid_from) END, rids: [tie.rid, s.rid]}) AS others
  OPTIONAL MATCH (p)-[own:CONTROLS]->(c)
  WHERE coalesce(own.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  WITH c, k, others, own,
       coalesce(own.share, 0.0) + reduce(y = 0.0, x IN others | y + x.share) AS share
  WHERE share >= $min_concert
  RETURN c, 'concert' AS basis, share, 1 AS depth,
         reduce(d = k.valid_from, x IN others
           | CASE WHEN x.since > d THEN x.since ELSE coalesce(d, x.since) END) AS held_from,
         k.valid_to AS held_to,
         reduce(l = [k.rid] + [y IN [own.rid] WHERE y IS NOT NULL], x IN others | l + x.rids)
           AS path
}
WITH *, COLLECT {
  MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.revenue_yuan > 0 AND x.period_end < $as_of_end
    AND coalesce(f.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN {since: x.period_end - duration({months: coalesce(x.period_months, 1) - 1}),
          until: x.period_end + duration({months: 1}), rid: f.rid, revenue: x.revenue_yuan}
            AS filing
  ORDER BY x.period_end, f.rid
} AS filings
UNWIND filings AS run
// Revenue of the twelve months that end with this filing.
WITH *, reduce(y = 0.0, f IN filings | CASE WHEN f.until <= run.until
    AND f.until > run.until - duration({months: 12}) THEN y + f.revenue ELSE y END) AS revenue_12m
WHERE revenue_12m > $min_revenue
WITH *, reduce(d = run.since, x IN [r.valid_from, t.valid_from, b.start_date, held_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = run.until, x IN [r.valid_to, t.valid_to, b.end_date, held_to]
    | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to
RETURN h.id AS household, p.id AS person_id, c.id AS company_id, b.id AS benefit,
       fact_from, fact_to, basis, round(share, 4) AS share, depth,
       revenue_12m AS revenue_12m_yuan, [r.rid, t.rid] + path + [run.rid] AS evidence
ORDER BY household, person_id, company_id, benefit, fact_from, basis, evidence
