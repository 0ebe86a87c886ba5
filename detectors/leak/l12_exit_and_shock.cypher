// ---
// id = "L12"
// title = { zh = "刚退出救助又恶化", en = "shock after leaving assistance" }
// version = 2
// status = "test"
// strength = "K2"
// sources = { assistance_case_history = 75, dibao_household_register = 75, severe_disease_register = 75, disability_certificate = 75, unemployment_register = 75 }
// min_grade = "linked"
// basis = ["B2"]
// harmless = [
//   { zh = "因搬迁退出", en = "the family left because it moved" },
//   { zh = "医疗费有保险，家庭能够承担", en = "the illness is insured and the family can bear it" },
// ]
// blind = [
//   { zh = "收入台账显示收入再次低于标准", en = "an income that is below the line again by the ledger" },
//   { zh = "停缴社保而未登记的失业（见 L05）", en = "lost work that no unemployment register shows (L05)" },
//   { zh = "没有任何登记的变故", en = "shocks that no register knows" },
//   { zh = "被拒后未进入的家庭（见 L13）", en = "families that were refused and never came in (L13)" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "shock", "shock_on", "exit_on", "exit_reason", "evidence"]
// identity = ["household", "person_id", "shock", "shock_on"]
// about = "household"
// urgent = true
// states = { zh = "{exit_on} 停发（{exit_reason}）后，{shock_on} 出现：{shock}，目前未在享救助", en = "assistance ended on {exit_on} ({exit_reason}); on {shock_on} came {shock}, and no help is on record now" }
// ask = { zh = "退出后生活怎样？是否愿意重新申请？", en = "How has the family lived since? Does it want to apply again?" }
// [params.max_months]
// default = 24
// unit = "months since the exit"
// why = "most families that fall back do so within two years"
// [params.self_pay_ratio]
// default = 1.0
// unit = "self-paid hospital cost since the exit as a multiple of the rural income per head"
// why = "the published warning line for ordinary households"
// policy = "med.warn_other"
// [params.income_year]
// default = 17400
// unit = "CNY/year, rural disposable income per head"
// why = "last year's figure of the county"
// policy = "income.rural_pc_year"
// [eligible]
// match = "MATCH (h:Household)-[:HAS_CASE]->(:CaseEvent {event: '停发'}) RETURN count(DISTINCT h.id) AS eligible"
// ---
MATCH (h:Household)-[a:HAS_CASE]->(x:CaseEvent {event: '停发'})
WHERE ($households IS NULL OR h.id IN $households) AND x.programme IN ['低保', '特困']
  AND x.event_date < $as_of_end AND x.event_date >= $as_of_end - duration({months: $max_months})
  // Nobody is left to help after a death or a move; a new number is no exit.
  AND NOT coalesce(x.reason_code, '') IN ['死亡', '迁出', '系统迁移换号', '转入特困']
WITH h, a, x
ORDER BY x.event_date DESC, a.rid
WITH h, head(collect(a.rid)) AS case_rid, head(collect(x)) AS x
MATCH (h)<-[m:MEMBER_OF]-(p:Person)
// Members at the time of the exit; the register may have closed them some weeks before.
WHERE (m.valid_from IS NULL OR m.valid_from < x.event_date)
  AND (m.valid_to IS NULL OR m.valid_to >= x.event_date - duration({months: 2}))
  // Help for somebody who had left the household long before is help for another one.
  AND NOT EXISTS {
    MATCH (h)<-[n:MEMBER_OF]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE (n.valid_to IS NULL OR n.valid_to >= x.event_date - duration({months: 2}))
      AND b.programme IN ['低保', '特困', '低保边缘']
      AND (r.valid_from IS NULL OR r.valid_from < $as_of_end)
      AND (r.valid_to IS NULL OR r.valid_to > $as_of)
  }
  AND NOT EXISTS {
    MATCH (h)<-[n:MEMBER_OF]-(:Person)-[r:RECEIVES]->(:Benefit {programme: '临时救助'})
    WHERE (n.valid_to IS NULL OR n.valid_to >= x.event_date - duration({months: 2}))
      AND r.valid_from >= x.event_date AND r.valid_from < $as_of_end
  }
  // Somebody must be left to help.
  AND EXISTS {
    MATCH (h)<-[n:MEMBER_OF]-(q:Person)
    WHERE (n.valid_to IS NULL OR n.valid_to >= x.event_date - duration({months: 2}))
      AND NOT EXISTS {
        MATCH (q)-[z:DIED]->(:DeathRecord)
        WHERE coalesce(z.grade, 'exact') IN ['exact', 'repaired', 'certificate', 'linked']
      }
  }
CALL (p, x) {
  MATCH (p)-[g:HAS_DIAGNOSIS]->(d:Diagnosis)
  WHERE coalesce(d.status, '治疗中') = '治疗中'
  RETURN 'illness' AS shock, d.confirmed_date AS shock_on, [g.rid] AS traces
  UNION MATCH (p)-[g:HOLDS_CERT]->(d:DisabilityCert {status: '有效'})
  WHERE d.degree <= 2
  RETURN 'disability' AS shock, d.issue_date AS shock_on, [g.rid] AS traces
  UNION MATCH (p)-[g:LOST_JOB]->(j:JobLoss)
  WHERE j.cancel_date IS NULL OR j.cancel_date >= $as_of
  RETURN 'job loss' AS shock, j.reg_date AS shock_on, [g.rid] AS traces
  UNION MATCH (p)-[g:SUFFERED]->(d:Disaster)
  WHERE d.house_damage IN ['C', 'D']
  RETURN 'disaster' AS shock, d.event_date AS shock_on, [g.rid] AS traces
  UNION MATCH (p)-[g:DIED]->(d:DeathRecord)
  WHERE p.birth_date + duration({years: 18}) <= d.death_date
    AND d.death_date < p.birth_date + duration({years: 60})
  WITH g, d ORDER BY d.death_date, g.rid
  WITH min(d.death_date) AS shock_on, collect(g.rid) AS traces WHERE shock_on IS NOT NULL
  RETURN 'death of an earner' AS shock, shock_on, traces
  UNION MATCH (p)-[g:TREATED]->(s:InpatientStay)
  WHERE s.discharge_date >= x.event_date AND s.discharge_date < $as_of_end AND s.self_pay_yuan > 0
  WITH g, s ORDER BY s.discharge_date, g.rid
  WITH sum(s.self_pay_yuan) AS paid, max(s.discharge_date) AS shock_on, collect(g.rid) AS traces
  WHERE paid >= $self_pay_ratio * $income_year
  RETURN 'hospital cost' AS shock, shock_on, traces
}
WITH h, case_rid, x, p, m, shock, shock_on, traces
WHERE shock_on >= x.event_date AND shock_on < $as_of_end
RETURN DISTINCT h.id AS household, p.id AS person_id, null AS benefit,
       date.truncate('month', shock_on) AS fact_from, null AS fact_to, shock, shock_on,
       x.event_date AS exit_on, x.reason_code AS exit_reason,
       [case_rid, m.rid] + traces AS evidence
ORDER BY household, person_id, shock, shock_on
