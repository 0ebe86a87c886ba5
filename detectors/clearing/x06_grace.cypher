// ---
// id = "X06"
// title = { zh = "渐退期内", en = "within a granted grace period" }
// explains = { zh = "登记或办理记录载明渐退期，期内月份不计", en = "the register or the case history states a grace period; its months do not count" }
// [params.max_months]
// default = 12
// unit = "months before the end of a grace of which only the end is known"
// why = "the longest grace that is usual for a new job; what was earned before it is not excused"
// policy = "grace.graduate_m"
// ---
UNWIND $hits AS hit
CALL (hit) {
  MATCH (h:Household {id: hit.household})<-[t:BELONGS_TO]-(b:Benefit {id: hit.benefit})
  WHERE b.grace_end IS NOT NULL
  RETURN 'register' AS stated_by, b.grace_end AS grace_end, null AS granted_on, t.rid AS trace
  UNION
  MATCH (h:Household {id: hit.household})<-[t:BELONGS_TO]-(:Benefit {id: hit.benefit})
  WHERE h.grace_end IS NOT NULL
  RETURN 'register' AS stated_by, h.grace_end AS grace_end, null AS granted_on, t.rid AS trace
  UNION
  MATCH (:Household {id: hit.household})-[a:HAS_CASE]->(x:CaseEvent)
  WHERE x.grace_end IS NOT NULL AND x.grace_end > hit.month_from
  RETURN 'case history' AS stated_by, x.grace_end AS grace_end, x.event_date AS granted_on, a.rid
    AS trace
}
WITH hit, stated_by, grace_end, granted_on, trace
WHERE grace_end > hit.month_from
// What was earned long before the grace was granted is not excused: three months to decide.
RETURN hit.hit_id AS hit_id, stated_by, grace_end,
       CASE WHEN granted_on IS NULL THEN grace_end - duration({months: $max_months})
            ELSE date.truncate('month', granted_on) - duration({months: 3}) END AS cleared_from,
       grace_end AS cleared_to, [trace] AS evidence
ORDER BY hit_id, stated_by, grace_end, evidence
