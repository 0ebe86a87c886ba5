// ---
// id = "X15"
// title = { zh = "衔接月份", en = "month of a switch" }
// explains = { zh = "仅重叠一个月，且当月或次月有停发、换号记录，属交接", en = "one month only, and the case was stopped or given a new number in that month or the next" }
// [params.max_months]
// default = 1
// unit = "months of overlap"
// why = "an order to stop takes a month to reach the bank"
// ---
UNWIND $hits AS hit
WITH hit
WHERE duration.inMonths(hit.month_from, hit.month_to).months + 1 <= $max_months
MATCH (h:Household)-[a:HAS_CASE]->(x:CaseEvent)
WHERE h.id IN [hit.household, hit.first_household]
  AND (x.event = '停发' OR x.reason_code = '系统迁移换号')
  AND x.event_date >= hit.month_from - duration({months: 1})
  AND x.event_date < hit.month_to + duration({months: 2})
WITH hit, a, x
ORDER BY x.event_date, a.rid
WITH hit, head(collect(x)) AS x, collect(a.rid) AS traces
RETURN hit.hit_id AS hit_id, x.event_date AS stopped_on, x.reason_code AS stop_reason,
       traces AS evidence
ORDER BY hit_id
