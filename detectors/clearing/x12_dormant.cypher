// ---
// id = "X12"
// title = { zh = "休眠主体或名义成员", en = "dormant business or nominal member" }
// explains = { zh = "主体连续零申报，或已吊销、注销、非正常，或仅为合作社名义成员", en = "the business has filed zero for a year, is revoked, or the role is a nominal membership of a cooperative" }
// [params.zero_months]
// default = 12
// unit = "months of zero filings up to the last month of the hit"
// why = "a year without revenue is no business"
// ---
UNWIND $hits AS hit
MATCH (c:Company {id: hit.company_id})
CALL (hit, c) {
  // Months covered by zero filings, after the last one with revenue.
  MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.revenue_yuan = 0 AND x.period_end < $as_of_end AND NOT EXISTS {
    MATCH (c)-[:FILED]->(y:TaxFiling)
    WHERE y.revenue_yuan > 0 AND y.period_end >= x.period_end AND y.period_end < $as_of_end
  }
  WITH f, x, x.period_end - duration({months: coalesce(x.period_months, 1) - 1}) AS since
  ORDER BY x.period_end, f.rid
  WITH sum(coalesce(x.period_months, 1)) AS months, min(since) AS cleared_from, collect(f.rid)
    AS traces
  WHERE months >= $zero_months
  RETURN 'zero filings' AS reason, cleared_from, traces
  UNION
  // The tax office has written it off.
  MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.status IN ['非正常', '注销']
  WITH f, x ORDER BY x.period_end, f.rid
  WITH min(x.period_end) AS cleared_from, collect(f.rid) AS traces
  WHERE cleared_from IS NOT NULL
  RETURN 'written off by the tax office' AS reason, cleared_from, traces
  UNION
  WITH c WHERE c.status IN ['吊销', '注销']
  RETURN 'revoked' AS reason, null AS cleared_from, [] AS traces
  UNION
  // One of many members who put in little; no post in it.
  MATCH (c)<-[s:SHAREHOLDER_OF]-(p:Person {id: hit.person_id})
  WHERE c.type = '农民专业合作社' AND NOT EXISTS { MATCH (p)-[:LEGAL_REP_OF|EXEC_OF]->(c) }
  RETURN 'cooperative member' AS reason, null AS cleared_from, [s.rid] AS traces
}
RETURN hit.hit_id AS hit_id, reason, cleared_from, null AS cleared_to, traces AS evidence
ORDER BY hit_id, reason
