// ---
// id = "E31"
// title = { zh = "近亲属未备案", en = "unfiled relatives of officials" }
// version = 1
// status = "test"
// strength = "K2"
// sources = { village_committee_roster = 230, kin_filing = 140, hukou_population = 45, one_card_payment = 75 }
// needs = ["KIN_OF", "HANDLED_BY"]
// min_grade = "certificate"
// basis = ["B5"]
// clearing = ["X22"]
// harmless = [
//   { zh = "亲属关系本身不影响资格：多数干部亲属户确属困难、应当享受", en = "kinship is no ineligibility: most households that are kin of an official are poor and entitled" },
//   { zh = "备案只迟了几周", en = "the filing was late by a few weeks" },
//   { zh = "亲属关系来自填错的父母身份证号", en = "the kin tie comes from a wrong parent number" },
// ]
// blind = [
//   { zh = "三代以外亲属、干亲和朋友", en = "kin beyond three degrees, godparents and friends" },
//   { zh = "登录账号不在任何名册中的经办人", en = "handlers whose login no roster names" },
//   { zh = "干部本人就是该户成员", en = "an official who is a member of the household" },
// ]
// returns = ["household", "person_id", "official_id", "benefit", "fact_from", "fact_to", "degree", "kin_path", "roles", "is_self_handled", "filed_on", "evidence"]
// identity = ["household", "official_id", "benefit"]
// about = "household"
// states = { zh = "家庭成员是任职人员（{roles}）的{kin_path}（{degree} 亲等），未见备案；由该任职人员经办：{is_self_handled}", en = "a member is the {kin_path} of an official ({roles}), kin of degree {degree}, and no filing is on record; handled by that official: {is_self_handled}" }
// ask = { zh = "经办人是否知道亲属关系、是否回避？县级是否入户核查？", en = "Did the official know of the tie and step back? Did the county visit the household?" }
// [params.max_degree]
// default = 3
// unit = "degrees of kinship, a spouse counting no step"
// why = "the filing rule reaches to the third degree"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit)<-[:RECEIVES]-(:Person) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (o:Person)-[s:SERVES_AS]->(f:Office)
MATCH (o)-[k:KIN_OF]->(m:Person)-[r:RECEIVES]->(b:Benefit)-[t:BELONGS_TO]->(h:Household)
WHERE k.degree <= $max_degree AND b.programme IN ['低保', '特困']
  AND ($households IS NULL OR h.id IN $households)
  AND NOT EXISTS { MATCH (o)-[:MEMBER_OF]->(h) }
  // A weak tie must not stand before a strong one.
  AND all(x IN [s, k, r, t] WHERE coalesce(x.grade, 'exact') IN ['exact', 'repaired', 'certificate'])
// A filing for any relative of the case is a filing of the case, paid for or not.
WITH o, s, f, k, m, r, b, t, h, head(COLLECT {
  MATCH (o)-[w:FILED_KIN]->(x:Person)
  WHERE coalesce(w.status, '有效') = '有效' AND coalesce(w.programme, '') IN ['', b.programme]
    AND (EXISTS { MATCH (x)-[:RECEIVES]->(b) } OR EXISTS { MATCH (x)-[:MEMBER_OF]->(h) })
  RETURN w.valid_from AS day ORDER BY day
}) AS filed_on
WITH o, s, f, k, m, r, b, t, h, filed_on,
     reduce(d = date('0001-01-01'), x IN [s.valid_from, k.valid_from, r.valid_from, t.valid_from]
       | CASE WHEN x > d THEN x ELSE d END) AS since,
     reduce(d = date('9999-12-31'), x IN [s.valid_to, k.valid_to, r.valid_to, t.valid_to, filed_on]
       | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE since < until AND since < $as_of_end
WITH o, b, h, filed_on, k, m, s, f, r, t, since, until
ORDER BY k.degree, m.id, s.rid, since, r.rid
WITH o, b, h, filed_on, collect({degree: k.degree, path: k.path, member: m.id, role: f.role,
  post: s.rid, since: since, until: until, rids: [k.rid, r.rid, t.rid]}) AS ties
// A run is a stretch of days without a day on which no tie holds.
UNWIND [x IN ties WHERE none(y IN ties WHERE y.since < x.since AND x.since <= y.until) | x.since]
  AS fact_from
WITH DISTINCT o, b, h, filed_on, ties, fact_from
WITH o, b, h, filed_on, ties, fact_from, reduce(d = date('9999-12-31'), x IN ties
  | CASE WHEN x.since >= fact_from AND x.until < d
         AND none(y IN ties WHERE y.since <= x.until AND x.until < y.until)
    THEN x.until ELSE d END) AS until
WITH o, b, h, filed_on, fact_from, until,
     [x IN ties WHERE fact_from <= x.since AND x.since < until] AS run
// Of the relatives in one household the nearest stands for it.
WITH *, head(run) AS near, head(COLLECT {
  MATCH (o)-[:SERVES_AS]->(:Office)<-[y:HANDLED_BY]-(b)
  WHERE coalesce(y.grade, 'exact') IN ['exact', 'repaired', 'certificate']
  RETURN y.rid AS rid ORDER BY rid
}) AS handled
RETURN h.id AS household, near.member AS person_id, o.id AS official_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       near.degree AS degree, near.path AS kin_path,
       reduce(l = [], x IN run | CASE WHEN x.role IN l THEN l ELSE l + [x.role] END) AS roles,
       handled IS NOT NULL AS is_self_handled, filed_on,
       near.rids + reduce(l = [], x IN run | CASE WHEN x.post IN l THEN l ELSE l + [x.post] END)
         + [z IN [handled] WHERE z IS NOT NULL] AS evidence
ORDER BY household, official_id, benefit, fact_from
