// ---
// id = "E33"
// title = { zh = "多名对象共用账户", en = "shared account" }
// version = 1
// status = "test"
// strength = "K2"
// sources = { one_card_payment = 75, social_security_card = 75 }
// needs = ["KIN_OF"]
// min_grade = "certificate"
// basis = ["B7"]
// clearing = ["X14"]
// harmless = ["an institution keeps the money of the people it cares for", "a guardian receives for a child or for an adult who cannot act", "the payee may be the victim: somebody else may have had the money"]
// blind = ["cash handed on after it was drawn", "cards of the right name in somebody else's pocket", "accounts whose holder no register states"]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "account_id", "payees", "side", "holder_id", "evidence"]
// identity = ["household", "person_id", "benefit", "account_id"]
// about = "household"
// states = { zh = "自 {fact_from} 起至少三名互非近亲的对象共用一个账户（共 {payees} 名领款人），该对象一方为：{side}", en = "since {fact_from} at least three payees who are no close kin share one account ({payees} payees in all); this payee's side: {side}" }
// ask = { zh = "补贴是否到手？存折或卡由谁保管，谁去支取？", en = "Does the money arrive? Who keeps the book or card, and who draws it?" }
// [params.min_payees]
// default = 3
// unit = "payees not kin of each other within two degrees, this one included"
// why = "two may be neighbours who help each other"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(:Benefit)<-[:RECEIVES]-(:Person)-[:PAID]->(:Account) RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (a:Account)
WHERE COUNT { MATCH (a)<-[:PAID]-(x:Person) RETURN DISTINCT x.id } >= $min_payees
MATCH (a)<-[y:PAID]-(p:Person)
WHERE coalesce(y.status, '成功') = '成功' AND y.amount_yuan > 0 AND y.valid_from < $as_of_end
  AND coalesce(y.grade, 'exact') IN ['exact', 'repaired', 'certificate']
WITH a, p, y
ORDER BY p.id, y.valid_from, y.rid
// How long each payee's money went to this account.
WITH a, p, min(y.valid_from) AS since, max(coalesce(y.valid_to, $as_of_end)) AS until,
     collect(y.rid)[0] AS rid, collect(DISTINCT y.register) AS registers
WITH a, collect({payee: p, id: p.id, since: since, until: until, rid: rid, registers: registers})
  AS everybody
UNWIND everybody AS one
WITH a, everybody, one, one.payee AS p
// The others who are no close kin of this payee, one a family.
WITH a, everybody, one, p, [x IN everybody WHERE x.id <> one.id AND x.since < one.until
  AND one.since < x.until
  AND NOT EXISTS { MATCH (p)-[k:KIN_OF]->(q:Person {id: x.id}) WHERE k.degree <= 2 }] AS apart
UNWIND apart AS x
WITH a, everybody, one, p, x, apart
WHERE none(z IN apart WHERE z.id < x.id AND EXISTS {
  MATCH (:Person {id: z.id})-[k:KIN_OF]->(:Person {id: x.id}) WHERE k.degree <= 2 })
WITH a, everybody, one, p, x,
     CASE WHEN x.since > one.since THEN x.since ELSE one.since END AS both_from,
     CASE WHEN x.until < one.until THEN x.until ELSE one.until END AS both_to
WITH a, everybody, one, p, collect({since: both_from, until: both_to, rid: x.rid}) AS together
// From the day on which enough others are there, to the day on which they no longer are.
UNWIND [s IN together | s.since] + [one.since] AS day
WITH DISTINCT a, everybody, one, p, together, day
WHERE size([s IN together WHERE s.since <= day AND day < s.until]) >= $min_payees - 1
WITH a, everybody, one, p, min(day) AS shared_from, together
CALL (together, shared_from) {
  UNWIND together AS s
  WITH s.until AS last_day, shared_from ORDER BY last_day DESC
  RETURN collect(last_day)[toInteger($min_payees) - 2] AS shared_to
}
MATCH (p)-[r:RECEIVES]->(b:Benefit)-[t:BELONGS_TO]->(h:Household)
WHERE b.register IN one.registers AND ($households IS NULL OR h.id IN $households)
OPTIONAL MATCH (a)<-[c:HOLDS_ACCOUNT]-(o:Person)
WITH a, everybody, one, p, r, b, t, h, shared_from, shared_to, together, min(o.id) AS holder_id,
     min(c.rid) AS held
WITH *, reduce(d = shared_from, x IN [r.valid_from, t.valid_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = shared_to, x IN [r.valid_to, t.valid_to]
    | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to
RETURN h.id AS household, p.id AS person_id, b.id AS benefit, fact_from, fact_to,
       a.id AS account_id, size(everybody) AS payees,
       CASE WHEN holder_id IS NULL THEN 'unknown' WHEN holder_id = p.id THEN 'user'
            ELSE 'victim' END AS side,
       holder_id, [r.rid, t.rid, one.rid] + [s IN together | s.rid]
         + [z IN [held] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, benefit, account_id, fact_from
