// ---
// id = "L01"
// title = { zh = "重病大病未覆盖", en = "severe illness without help" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { severe_disease_register = 75, dibao_member_register = 75, temporary_assistance = 75 }
// min_grade = "linked"
// basis = ["B2", "B6"]
// harmless = [
//   { zh = "诊断后来被排除", en = "the diagnosis was later excluded" },
//   { zh = "家庭条件较好且有保险", en = "the family is well off and insured" },
// ]
// blind = [
//   { zh = "病种目录以外的疾病", en = "illnesses that are on no list" },
//   { zh = "医保以外的治疗费用", en = "treatment outside the insurance" },
//   { zh = "其他部门给予的帮助", en = "help by other offices" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "disease", "confirmed_on", "evidence"]
// identity = ["household", "person_id", "disease"]
// about = "household"
// urgent = true
// states = { zh = "{confirmed_on} 确诊{disease}，本人及家庭未在低保、特困、低保边缘名单，近期无临时救助", en = "{disease} confirmed on {confirmed_on}; the person is in no assistance register and had no temporary assistance lately" }
// ask = { zh = "治疗费用由谁承担？是否需要医疗救助或临时救助？", en = "Who bears the cost of treatment? Is medical or temporary assistance needed?" }
// [params.max_days]
// default = 90
// unit = "days since the diagnosis was confirmed"
// why = "help is most needed, and most often missed, in the first quarter"
// [params.help_months]
// default = 12
// unit = "months in which one-off help counts"
// why = "one-off help is rarely given twice in a year"
// [eligible]
// match = "MATCH (p:Person)-[:HAS_DIAGNOSIS]->(:Diagnosis) RETURN count(DISTINCT p.id) AS eligible"
// ---
MATCH (p:Person)-[g:HAS_DIAGNOSIS]->(d:Diagnosis)
WHERE d.confirmed_date < $as_of_end
  AND duration.inDays(d.confirmed_date, $as_of_end).days <= $max_days
  AND coalesce(d.status, '治疗中') = '治疗中'
  AND NOT EXISTS {
    MATCH (p)-[z:DIED]->(:DeathRecord)
    WHERE coalesce(z.grade, 'exact') IN ['exact', 'repaired', 'certificate', 'linked']
  }
  AND NOT coalesce(p.hukou_status, '正常') IN ['死亡', '迁出']
  AND NOT EXISTS {
    MATCH (p)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme IN ['低保', '特困', '低保边缘']
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  }
  AND NOT EXISTS {
    MATCH (p)-[r:RECEIVES]->(:Benefit {programme: '临时救助'})
    WHERE r.valid_from >= $as_of_end - duration({months: $help_months})
      AND r.valid_from < $as_of_end
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
WITH p, g, d, home, coalesce(listed, entry) AS seat,
     coalesce(home.id, 'hukou_population/' + book, 'person:' + p.id) AS household
WHERE ($households IS NULL OR household IN $households)
  // A household is helped when a member is: that of the register, else the household book.
  AND NOT EXISTS {
    MATCH (home)<-[m:MEMBER_OF]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme IN ['低保', '特困', '低保边缘'] AND (m.valid_to IS NULL OR m.valid_to > $as_of)
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  }
  AND NOT EXISTS {
    MATCH (p)-[y:REGISTERED_IN]->(:HukouBook)<-[z:REGISTERED_IN]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE home IS NULL AND y.valid_to IS NULL
      AND z.valid_to IS NULL AND b.programme IN ['低保', '特困', '低保边缘']
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  }
  AND NOT EXISTS {
    MATCH (:Household {id: household})<-[:MEMBER_OF]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme = '临时救助' AND r.valid_from < $as_of_end
      AND r.valid_from >= $as_of_end - duration({months: $help_months})
  }
  AND NOT EXISTS {
    MATCH (p)-[:REGISTERED_IN]->(:HukouBook)<-[:REGISTERED_IN]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme = '临时救助' AND r.valid_from < $as_of_end
      AND r.valid_from >= $as_of_end - duration({months: $help_months})
  }
WITH household, p, d.disease AS disease, g, d, seat
ORDER BY d.confirmed_date, g.rid
WITH household, p, disease, min(d.confirmed_date) AS confirmed_on, collect(g.rid) AS entries, seat
RETURN household, p.id AS person_id, null AS benefit,
       date.truncate('month', confirmed_on) AS fact_from, null AS fact_to, disease, confirmed_on,
       entries + [z IN [seat] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, disease
