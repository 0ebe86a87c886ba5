// ---
// id = "X12"
// title = { zh = "休眠主体或名义成员", en = "dormant business or nominal member" }
// explains = { zh = "主体连续零申报，或已吊销、注销、非正常，或仅为合作社名义成员", en = "the business has filed zero for a year, is revoked, or the role is a nominal membership of a cooperative" }
// [params.nominal_share]
// default = 0.2
// unit = "share of a cooperative, 0 to 1; exactly this much is nominal"
// why = "a cooperative has at least five members, so more than a fifth is more than an equal part"
// [params.zero_months]
// default = 12
// unit = "months of zero filings up to the last month of the hit"
// why = "a year without revenue is no business"
// [silence.executives]
// days = 45
// reasons = ["cooperative member"]
// [silence.enterprise_registration]
// days = 45
// reasons = ["cooperative member"]
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
  RETURN 'zero filings' AS reason, cleared_from, null AS cleared_to, traces
  UNION
  // The tax office has written it off, until a later filing shows that it trades again.
  MATCH (c)-[f:FILED]->(x:TaxFiling)
  WHERE x.status IN ['非正常', '注销'] AND x.period_end < $as_of_end
  OPTIONAL MATCH (c)-[:FILED]->(y:TaxFiling)
  WHERE y.period_end > x.period_end AND y.revenue_yuan > 0 AND y.period_end < $as_of_end
    AND NOT coalesce(y.status, '正常') IN ['非正常', '注销']
  WITH f, x, min(y.period_end - duration({months: coalesce(y.period_months, 1) - 1})) AS cleared_to
  WHERE coalesce(x.period_end < cleared_to, true)
  WITH f, x, cleared_to ORDER BY x.period_end, f.rid
  WITH cleared_to, min(x.period_end) AS cleared_from, collect(f.rid) AS traces
  RETURN 'written off by the tax office' AS reason, cleared_from, cleared_to, traces
  UNION
  WITH c WHERE c.status IN ['吊销', '注销']
  RETURN 'revoked' AS reason, null AS cleared_from, null AS cleared_to, [] AS traces
  UNION
  // One of many members who put in little, which must be known; no post in it.
  MATCH (c)<-[s:SHAREHOLDER_OF]-(p:Person {id: hit.person_id})
  WHERE c.type = '农民专业合作社' AND NOT EXISTS { MATCH (p)-[:LEGAL_REP_OF|EXEC_OF]->(c) }
  WITH s ORDER BY s.rid
  WITH collect(s) AS shares
  WHERE any(s IN shares WHERE s.rid IN hit.evidence)
    AND all(s IN shares WHERE coalesce(s.ratio <= $nominal_share, false))
  RETURN 'cooperative member' AS reason, null AS cleared_from, null AS cleared_to,
         [s IN shares | s.rid] AS traces
}
RETURN hit.hit_id AS hit_id, reason, cleared_from, cleared_to, traces AS evidence
ORDER BY hit_id, reason, cleared_from
