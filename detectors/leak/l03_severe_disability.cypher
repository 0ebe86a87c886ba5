// ---
// id = "L03"
// title = { zh = "重残未享两项补贴", en = "severe disability without allowance" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { disability_certificate = 75, disability_two_subsidies = 75, tekun_register = 75 }
// min_grade = "linked"
// basis = ["B6"]
// harmless = [
//   { zh = "本人享受特困供养，按规定不重复享受补贴", en = "the person is kept as 特困, which excludes the allowance" },
//   { zh = "本人已迁往外县", en = "the person moved to another county" },
//   { zh = "享受工伤生活护理费，按规定不重复享受补贴", en = "the care payment of work injury excludes the allowance" },
// ]
// blind = [
//   { zh = "未办残疾人证的残疾人", en = "disabled people without a certificate" },
//   { zh = "工伤生活护理费", en = "work-injury care payments" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "certificate_id", "type", "degree", "issued_on", "evidence"]
// identity = ["household", "person_id", "certificate_id"]
// about = "household"
// urgent = true
// states = { zh = "{issued_on} 发证，{type}残{degree}级，未见残疾人两项补贴发放", en = "certificate of {issued_on}, kind {type}, degree {degree}; no disability allowance is on record" }
// ask = { zh = "是否知道可以申请护理补贴？由谁照料？", en = "Does the family know of the care allowance? Who gives the care?" }
// [params.min_days]
// default = 60
// unit = "days since the certificate was issued"
// why = "an application takes up to two months"
// [params.max_degree]
// default = 2
// unit = "degree, 1 the severest"
// why = "the care allowance is for degrees 1 and 2"
// [params.max_degree_mental]
// default = 2
// unit = "degree for 智 and 精, 1 the severest"
// why = "provinces may extend it to degrees 3 and 4"
// [eligible]
// match = "MATCH (p:Person)-[:HOLDS_CERT]->(:DisabilityCert {status: '有效'}) RETURN count(DISTINCT p.id) AS eligible"
// ---
MATCH (p:Person)-[g:HOLDS_CERT]->(d:DisabilityCert {status: '有效'})
WHERE d.degree <= CASE WHEN d.type IN ['智', '精'] AND $max_degree_mental > $max_degree
                  THEN $max_degree_mental ELSE $max_degree END
  AND (d.valid_until IS NULL OR d.valid_until >= $as_of)
  AND duration.inDays(d.issue_date, $as_of_end).days >= $min_days
  AND NOT EXISTS {
    MATCH (p)-[z:DIED]->(:DeathRecord)
    WHERE coalesce(z.grade, 'exact') IN ['exact', 'repaired', 'certificate', 'linked']
  }
  AND NOT coalesce(p.hukou_status, '正常') IN ['死亡', '迁出']
  // 特困 excludes the allowance.
  AND NOT EXISTS {
    MATCH (p)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme IN ['残疾人两项补贴', '特困']
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  }
// The household that stands for the person: assistance, poverty archive, else the household book.
CALL (p) {
  OPTIONAL MATCH (p)-[m:MEMBER_OF]->(h:Household)
  WHERE (m.valid_from IS NULL OR m.valid_from < $as_of_end)
    AND (m.valid_to IS NULL OR m.valid_to > $as_of)
    AND h.register IN ['dibao_household_register', 'low_income_edge_register', 'poverty_archive']
  WITH m, h ORDER BY h.register = 'poverty_archive', h.id, m.rid
  RETURN head(collect(h)) AS home, head(collect(m.rid)) AS listed
}
CALL (p) {
  OPTIONAL MATCH (p)-[y:REGISTERED_IN]->(k:HukouBook)
  WHERE y.valid_to IS NULL
  WITH y, k ORDER BY k.id, y.rid
  RETURN head(collect(k.id)) AS book, head(collect(y.rid)) AS entry
}
WITH p, g, d, coalesce(listed, entry) AS seat,
     coalesce(home.id, 'hukou_population/' + book, 'person:' + p.id) AS household
WHERE $households IS NULL OR household IN $households
RETURN household, p.id AS person_id, null AS benefit,
       date.truncate('month', d.issue_date + duration({days: $min_days})) AS fact_from,
       null AS fact_to, d.id AS certificate_id, d.type AS type, d.degree AS degree,
       d.issue_date AS issued_on, [g.rid] + [z IN [seat] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, certificate_id
