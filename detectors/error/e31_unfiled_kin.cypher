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
// harmless = ["kinship is no ineligibility: most households that are kin of an official are poor and entitled", "the filing was late by a few weeks", "the kin tie comes from a wrong parent number"]
// blind = ["kin beyond three degrees, godparents and friends", "handlers whose login no roster names", "an official who is a member of the household"]
// returns = ["household", "person_id", "official_id", "benefit", "fact_from", "fact_to", "degree", "kin_path", "roles", "is_self_handled", "filed_on", "evidence"]
// identity = ["household", "official_id", "benefit"]
// about = "household"
// states = { zh = "家庭成员与任职人员（{roles}）为 {degree} 亲等近亲属（{kin_path}），未见备案；本人经办：{is_self_handled}", en = "a member is kin of degree {degree} ({kin_path}) of an official ({roles}) and no filing is on record; handled by that official: {is_self_handled}" }
// ask = { zh = "经办人是否知道亲属关系、是否回避？县级是否入户核查？", en = "Did the official know of the tie and step back? Did the county visit the household?" }
// [params.max_degree]
// default = 3
// unit = "degrees of kinship, a spouse counting no step"
// why = "the filing rule reaches to the third degree"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(b:Benefit)<-[:RECEIVES]-(:Person) WHERE b.programme IN ['低保', '特困'] RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (o:Person)-[s:SERVES_AS]->(f:Office)
WITH o, s, f
ORDER BY s.rid
WITH o, min(coalesce(s.valid_from, date('0001-01-01'))) AS in_post_from,
     max(coalesce(s.valid_to, date('9999-12-31'))) AS in_post_to,
     collect(s.rid) AS posts, collect(DISTINCT f.role) AS roles
MATCH (o)-[k:KIN_OF]->(m:Person)-[r:RECEIVES]->(b:Benefit)-[t:BELONGS_TO]->(h:Household)
WHERE k.degree <= $max_degree AND b.programme IN ['低保', '特困']
  AND ($households IS NULL OR h.id IN $households)
  AND NOT EXISTS { MATCH (o)-[:MEMBER_OF]->(h) }
// Of the relatives in one household the nearest stands for it.
WITH o, in_post_from, in_post_to, posts, roles, k, m, r, b, t, h
ORDER BY k.degree, m.id, r.valid_from
WITH o, in_post_from, in_post_to, posts, roles, b, h,
     head(collect({degree: k.degree, path: k.path, member: m.id, rids: [k.rid, r.rid, t.rid]}))
       AS near,
     min(coalesce(r.valid_from, date('0001-01-01'))) AS paid_from,
     max(coalesce(r.valid_to, date('9999-12-31'))) AS paid_to,
     min(coalesce(t.valid_from, date('0001-01-01'))) AS counted_from,
     max(coalesce(t.valid_to, date('9999-12-31'))) AS counted_to
// A filing for any relative of the case is a filing of the case.
OPTIONAL MATCH (o)-[w:FILED_KIN]->(x:Person)-[:RECEIVES]->(b)
WHERE coalesce(w.status, '有效') = '有效' AND coalesce(w.programme, '') IN ['', b.programme]
WITH o, in_post_from, in_post_to, posts, roles, b, h, near, paid_from, paid_to, counted_from,
     counted_to, min(w.valid_from) AS filed_on
OPTIONAL MATCH (o)-[:SERVES_AS]->(:Office)<-[y:HANDLED_BY]-(b)
WITH o, in_post_from, in_post_to, posts, roles, b, h, near, paid_from, paid_to, counted_from,
     counted_to, filed_on, min(y.rid) AS handled
WITH *, reduce(d = in_post_from, x IN [paid_from, counted_from]
    | CASE WHEN x > d THEN x ELSE d END) AS fact_from,
  reduce(d = in_post_to, x IN [paid_to, counted_to, filed_on]
    | CASE WHEN x < d THEN x ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
RETURN h.id AS household, near.member AS person_id, o.id AS official_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       near.degree AS degree, near.path AS kin_path, roles, handled IS NOT NULL AS is_self_handled,
       filed_on, near.rids + posts + [z IN [handled] WHERE z IS NOT NULL] AS evidence
ORDER BY household, official_id, benefit, fact_from
