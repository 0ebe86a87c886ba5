// ---
// id = "X14"
// title = { zh = "合法代理", en = "lawful proxy" }
// explains = { zh = "账户属供养机构且本人集中供养，或由近亲属为未成年人、无行为能力人代管", en = "the account belongs to the institution that keeps the person, or close kin hold it for a child or an adult who cannot act" }
// [params.adult_years]
// default = 18
// unit = "years of age"
// why = "a minor's money is held by a guardian"
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})
CALL (hit, p) {
  // Kept in the institution whose account it is.
  MATCH (:Account {id: hit.account_id, holder_kind: 'institution'})
  MATCH (p)-[r:RECEIVES]->(b:Benefit)
  WHERE (b.support_mode = '集中' OR b.institution_id IS NOT NULL)
    AND (r.valid_from IS NULL OR r.valid_from <= hit.month_to)
    AND (r.valid_to IS NULL OR r.valid_to > hit.month_from)
  WITH r ORDER BY r.rid
  WITH collect(r.rid) AS traces WHERE size(traces) > 0
  RETURN 'institution' AS reason, traces
  UNION
  // Parent, grandparent, child or sibling of somebody who cannot act alone.
  MATCH (:Account {id: hit.account_id})<-[c:HOLDS_ACCOUNT]-(o:Person)<-[k:KIN_OF]-(p)
  WHERE k.degree <= 2
    AND (p.birth_date + duration({years: $adult_years}) > hit.month_to OR EXISTS {
      MATCH (p)-[:HOLDS_CERT]->(d:DisabilityCert {status: '有效'})
      WHERE d.type IN ['智', '精'] AND d.degree <= 2
    })
  WITH c, k ORDER BY c.rid
  RETURN 'guardian' AS reason, [head(collect(c.rid)), head(collect(k.rid))] AS traces
}
WITH hit, reason, traces
WHERE traces[0] IS NOT NULL
RETURN hit.hit_id AS hit_id, reason, traces AS evidence
ORDER BY hit_id, reason
