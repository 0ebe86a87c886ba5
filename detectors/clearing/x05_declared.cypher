// ---
// id = "X05"
// title = { zh = "已申报并计入", en = "already declared and counted" }
// explains = { zh = "成员申报的月收入不低于该工资或利润的规定比例", en = "the member's declared income covers this wage or profit" }
// [params.tolerance]
// default = 0.9
// unit = "declared income over the implied one, 0 to 1"
// why = "bases are rounded and wages vary from month to month"
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})-[m:MEMBER_OF]->(:Household {id: hit.household})
WHERE m.declared_income_yuan > 0
WITH hit, p, m.declared_income_yuan AS declared, m
CALL (hit, p) {
  // Spell by spell: a later rise of the wage may not have been declared.
  MATCH (p)-[e:EMPLOYED_BY]->(:Company|PublicUnit)
  WHERE e.rid IN hit.evidence AND e.base_yuan > 0
  RETURN e.base_yuan AS implied, e.valid_from AS cleared_from, e.valid_to AS cleared_to, [e.rid]
    AS traces
  UNION
  // A business: the mean monthly profit of the filings in the evidence.
  MATCH (:Company {id: hit.company_id})-[f:FILED]->(x:TaxFiling)
  WHERE f.rid IN hit.evidence AND x.profit_yuan IS NOT NULL
  WITH f, x ORDER BY f.rid
  WITH sum(x.profit_yuan) AS profit, sum(coalesce(x.period_months, 1)) AS months,
       collect(f.rid) AS traces
  WHERE profit > 0 AND months > 0
  RETURN profit / months AS implied, null AS cleared_from, null AS cleared_to, traces
}
WITH hit, declared, m, implied, traces,
     // What was declared for one membership says nothing of the months outside it.
     reduce(d = date.truncate('month', m.valid_from), x IN [cleared_from]
       | CASE WHEN d >= x THEN d ELSE coalesce(x, d) END) AS cleared_from,
     reduce(d = m.valid_to, x IN [cleared_to]
       | CASE WHEN d <= x THEN d ELSE coalesce(x, d) END) AS cleared_to
WHERE declared >= $tolerance * implied AND coalesce(cleared_from < cleared_to, true)
RETURN hit.hit_id AS hit_id, declared AS declared_yuan, implied AS implied_yuan,
       cleared_from, cleared_to, [m.rid] + traces AS evidence
ORDER BY hit_id, cleared_from, implied_yuan, evidence
