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
// harmless = [
//   { zh = "供养机构代管被照料人员的钱款", en = "an institution keeps the money of the people it cares for" },
//   { zh = "监护人为未成年人或无行为能力的成年人代领", en = "a guardian receives for a child or for an adult who cannot act" },
//   { zh = "领款人可能是受害者：钱可能被他人领走", en = "the payee may be the victim: somebody else may have had the money" },
// ]
// blind = [
//   { zh = "取现后转交的钱款", en = "cash handed on after it was drawn" },
//   { zh = "户名相符但由他人持有的卡", en = "cards of the right name in somebody else's pocket" },
//   { zh = "没有登记户名的账户", en = "accounts whose holder no register states" },
//   { zh = "列在同一救助户或同一户口簿上的非亲属", en = "strangers whom one assistance household or one household book lists" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "account_id", "payees", "side", "holder_id", "evidence"]
// identity = ["household", "person_id", "benefit", "account_id"]
// about = "household"
// states = { zh = "自 {fact_from} 起至少三名互非近亲的对象共用一个账户（共 {payees} 名领款人），{side}", en = "since {fact_from} at least three payees who are no close kin share one account ({payees} payees in all); {side}" }
// ask = { zh = "补贴是否到手？存折或卡由谁保管，谁去支取？", en = "Does the money arrive? Who keeps the book or card, and who draws it?" }
// [params.min_payees]
// default = 3
// unit = "payees not kin of each other within two degrees nor of one household or book, this one included"
// why = "two may be neighbours who help each other"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(:Benefit)<-[:RECEIVES]-(:Person)-[:PAID]->(:Account) RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (a:Account)
WHERE COUNT { MATCH (a)<-[:PAID]-(x:Person) RETURN DISTINCT x.id } >= $min_payees
WITH a, COLLECT {
  MATCH (a)<-[y:PAID]-(p:Person)
  WHERE coalesce(y.status, '成功') = '成功' AND y.amount_yuan > 0 AND y.valid_from < $as_of_end
    AND coalesce(y.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN {id: p.id, since: y.valid_from, until: coalesce(y.valid_to, $as_of_end), rid: y.rid,
          register: y.register} AS spell
  ORDER BY p.id, y.valid_from, y.rid
} AS sent, COLLECT {
  MATCH (a)<-[:PAID]-(p:Person)-[k:KIN_OF]->(q:Person)-[:PAID]->(a)
  WHERE k.degree <= 2
  RETURN [p.id, q.id] AS pair
  UNION
  // Registers often leave out the ties of a family: one household or one book is one family.
  MATCH (a)<-[:PAID]-(p:Person)-[:MEMBER_OF]->(:Household)<-[:MEMBER_OF]-(q:Person)-[:PAID]->(a)
  WHERE p.id <> q.id
  RETURN [p.id, q.id] AS pair
  UNION
  MATCH (a)<-[:PAID]-(p:Person)-[:REGISTERED_IN]->(:HukouBook)<-[:REGISTERED_IN]-(q:Person)-[:PAID]->(a)
  WHERE p.id <> q.id
  RETURN [p.id, q.id] AS pair
} AS kin
// Who is there on every day on which a payee comes or goes.
CALL (sent) {
  UNWIND sent AS s UNWIND [s.since, s.until] AS day
  WITH DISTINCT sent, day ORDER BY day
  WITH day, [s IN sent WHERE s.since <= day AND day < s.until | s.id] AS here
  WITH day, [i IN range(0, size(here) - 1) WHERE i = 0 OR here[i - 1] <> here[i] | here[i]] AS here
  RETURN collect({day: day, here: here}) AS steps
}
UNWIND sent AS s
WITH DISTINCT a, sent, kin, steps, s.id AS payee
WITH a, sent, steps, payee, kin, [x IN kin WHERE x[0] = payee | x[1]] AS close
// Of the others enough are looked for who are no kin of each other, those with few kin first:
// exact for three payees, and for more never too many.
CALL (steps, payee, kin, close) {
  UNWIND range(0, size(steps) - 1) AS i
  WITH i, payee, kin, [x IN steps[i].here WHERE x <> payee AND NOT x IN close] AS others,
       payee IN steps[i].here AS is_here
  WHERE is_here AND size(others) >= $min_payees - 1
  CALL (others, kin) {
    UNWIND others AS x
    WITH kin, x, size([y IN kin WHERE y[0] = x AND y[1] IN others]) AS relatives
    ORDER BY relatives, x
    WITH kin, collect(x) AS queue
    RETURN reduce(l = [], x IN queue | CASE WHEN size(l) >= $min_payees - 1
      OR any(y IN l WHERE [x, y] IN kin) THEN l ELSE l + [x] END) AS apart
  }
  WITH i, apart WHERE size(apart) >= $min_payees - 1
  WITH i, apart ORDER BY i
  RETURN collect(i) AS days, collect(apart) AS apart
}
UNWIND [n IN range(0, size(days) - 1) WHERE n = 0 OR days[n - 1] < days[n] - 1 | n] AS first
WITH *, head([n IN range(first, size(days) - 1)
  WHERE n = size(days) - 1 OR days[n + 1] > days[n] + 1 | n]) AS last
WITH *, steps[days[first]].day AS shared_from, steps[days[last] + 1].day AS shared_to
MATCH (p:Person {id: payee})-[r:RECEIVES]->(b:Benefit)-[t:BELONGS_TO]->(h:Household)
WHERE ($households IS NULL OR h.id IN $households)
// Only while this benefit itself was paid here.
UNWIND [s IN sent WHERE s.id = payee AND s.register = b.register] AS paid
WITH DISTINCT a, sent, steps, payee, r, b, t, h, shared_from, shared_to, apart, first,
     paid.since AS paid_from, paid.until AS paid_to
OPTIONAL MATCH (a)<-[c:HOLDS_ACCOUNT]-(o:Person)
WHERE coalesce(c.grade, 'exact') IN ['exact', 'repaired', 'certificate']
WITH a, sent, steps, payee, r, b, t, h, shared_from, shared_to, apart, first, paid_from, paid_to,
     min(o.id) AS holder_id, min(c.rid) AS held
WITH *, reduce(d = shared_from, x IN [r.valid_from, t.valid_from, paid_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = shared_to, x IN [r.valid_to, t.valid_to, paid_to]
    | CASE WHEN x < d THEN x ELSE d END) AS fact_to
WHERE fact_from < fact_to
RETURN h.id AS household, payee AS person_id, b.id AS benefit, fact_from, fact_to,
       a.id AS account_id,
       size([i IN range(0, size(sent) - 1) WHERE i = 0 OR sent[i - 1].id <> sent[i].id]) AS payees,
       CASE WHEN holder_id IS NULL THEN 'unknown' WHEN holder_id = payee THEN 'user'
            ELSE 'victim' END AS side,
       holder_id, [r.rid, t.rid] + [s IN sent WHERE s.since <= shared_from AND shared_from < s.until
         AND s.id IN [payee] + apart[first] | s.rid] + [z IN [held] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, benefit, account_id, fact_from
