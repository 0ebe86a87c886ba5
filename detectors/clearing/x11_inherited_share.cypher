// ---
// id = "X11"
// title = { zh = "继承的小份额", en = "small inherited share" }
// explains = { zh = "部分房产仅为按份共有的小份额，除此之外未超标", en = "some units are small shares in common; without them the household is within the limit" }
// [params.max_share]
// default = 0.25
// unit = "share of a unit held in common, 0 to 1"
// why = "a quarter of an inherited house gives no home and no rent"
// [params.home_count_max]
// default = 1
// unit = "homes a household may own"
// why = "a small share is no home"
// policy = "asset.home_count_max"
// ---
UNWIND $hits AS hit
MATCH (:Household {id: hit.household})<-[:MEMBER_OF]-(p:Person)-[o:OWNS]->(u:Property)
WHERE u.id IN hit.units AND o.rid IN hit.evidence
WITH DISTINCT hit, u, o
ORDER BY u.id, o.rid
// What the members hold together of a unit; an unknown share may be the whole.
WITH hit, u, sum(coalesce(o.share, 1.0)) AS held, collect(o.rid) AS rids,
     all(k IN collect(o.co_ownership) WHERE k = '按份共有') AS in_common
WITH hit, collect({use: u.use, is_small: held <= $max_share AND in_common, rids: rids}) AS units
WITH hit, [x IN units WHERE x.is_small] AS small, [x IN units WHERE NOT x.is_small] AS whole
WHERE size(small) > 0 AND none(x IN whole WHERE x.use <> '住宅')
  AND size(whole) <= $home_count_max
RETURN hit.hit_id AS hit_id, size(small) AS small_shares,
       reduce(l = [], x IN small | l + x.rids) AS evidence
ORDER BY hit_id
