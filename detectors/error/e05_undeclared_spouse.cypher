// ---
// id = "E05"
// title = { zh = "隐瞒配偶", en = "undeclared spouse" }
// version = 2
// status = "test"
// strength = "K1"
// sources = { marriage_registration = 45, divorce_registration = 45, dibao_member_register = 75, one_card_payment = 75 }
// min_grade = "certificate"
// basis = ["B2"]
// recompute = "over_line_with_person"
// clearing = ["X03", "X07", "X08", "X16", "X18"]
// harmless = [
//   { zh = "法院已判离婚，民政登记未反映", en = "a court divorced the couple and the civil register does not show it" },
//   { zh = "配偶服现役或由国家供养", en = "the spouse serves in the army or is kept by the state" },
//   { zh = "配偶长期离家、有家庭暴力或下落不明", en = "the spouse has long left, is violent or missing" },
// ]
// blind = [
//   { zh = "在外地登记且未报送的婚姻", en = "marriages registered elsewhere and not sent" },
//   { zh = "未登记的事实婚姻", en = "couples who never registered" },
//   { zh = "法院判决离婚后双方均未再婚的", en = "court divorces after which neither married again" },
// ]
// returns = ["household", "person_id", "member_id", "benefit", "fact_from", "fact_to", "married_on", "evidence"]
// identity = ["household", "person_id", "member_id"]
// about = "household"
// states = { zh = "婚姻登记显示 {married_on} 结婚且未见离婚登记，配偶自 {fact_from} 起未列为家庭成员", en = "married on {married_on} with no divorce on file; the spouse has not been listed as a member since {fact_from}" }
// ask = { zh = "配偶是否共同生活？如已分居或离婚，有何凭证？", en = "Does the spouse live with the family? If separated or divorced, what shows it?" }
// [params.min_months]
// default = 3
// unit = "months of marriage without being listed, 1 or more"
// why = "registers need about a quarter to take in a marriage"
// [eligible]
// match = "MATCH (h:Household)<-[:BELONGS_TO]-(:Benefit {programme: '低保'})<-[:RECEIVES]-(:Person)-[:SPOUSE_OF]-(:Person) RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (h:Household)<-[t:BELONGS_TO]-(b:Benefit {programme: '低保'})<-[r:RECEIVES]-(p:Person)
WHERE $households IS NULL OR h.id IN $households
MATCH (p)-[w:SPOUSE_OF]-(q:Person)
WHERE w.source = 'marriage_registration' AND w.valid_from < $as_of_end
// The person of the hit is the spouse, who is counted in when the income is recomputed.
// The times in which the household does list the spouse; the month of the entry is one of them.
// Who lives in a recognised edge family may apply alone (单人保): the spouse is declared there.
WITH h, t, b, r, p, w, q, COLLECT {
  MATCH (q)-[m:MEMBER_OF]->(h)
  RETURN {since: date.truncate('month', coalesce(m.valid_from, date('0001-01-01'))),
          until: coalesce(m.valid_to, date('9999-12-31'))} AS listed
  UNION
  MATCH (q)-[m:MEMBER_OF]->(:Household {register: 'low_income_edge_register'})<-[n:MEMBER_OF]-(p)
  WHERE m.valid_from = n.valid_from
  RETURN {since: date.truncate('month', m.valid_from),
          until: reduce(d = date('9999-12-31'), x IN [m.valid_to, n.valid_to]
            | CASE WHEN x < d THEN x ELSE d END)} AS listed
} AS listed,
     date.truncate('month', w.valid_from) + duration({months: 1}) AS married
WITH h, t, b, r, p, w, q, listed,
     reduce(d = married, x IN [r.valid_from, t.valid_from] | CASE WHEN x > d THEN x ELSE d END)
       AS start,
     reduce(d = date('9999-12-31'), x IN [r.valid_to, t.valid_to, w.valid_to]
       | CASE WHEN x < d THEN x ELSE d END) AS stop
// The fact begins with the marriage, or anew when the spouse is taken off the list.
UNWIND [start] + [i IN listed WHERE i.until > start | i.until] AS fact_from
WITH h, t, b, r, p, w, q, fact_from, listed, stop
WHERE none(i IN listed WHERE i.since <= fact_from AND fact_from < i.until)
WITH DISTINCT h, t, b, r, p, w, q, listed, fact_from,
     reduce(d = stop, i IN listed
       | CASE WHEN i.since > fact_from AND i.since < d THEN i.since ELSE d END) AS until
WHERE fact_from < until AND fact_from < $as_of_end
// For so long the two have been married and the spouse has not been listed.
WITH *, reduce(d = w.valid_from, i IN listed
  | CASE WHEN i.until <= fact_from AND i.until > d THEN i.until ELSE d END) AS unlisted_from
WHERE unlisted_from + duration({months: toInteger($min_months)})
      <= CASE WHEN until < $as_of_end THEN until ELSE $as_of_end END
RETURN h.id AS household, q.id AS person_id, p.id AS member_id, b.id AS benefit, fact_from,
       CASE WHEN until < date('9999-12-31') THEN until END AS fact_to,
       w.valid_from AS married_on, [r.rid, t.rid, w.rid] AS evidence
ORDER BY household, person_id, member_id, benefit, fact_from
