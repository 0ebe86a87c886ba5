// ---
// id = "L06"
// title = { zh = "受灾未获救助", en = "disaster without aid" }
// version = 1
// status = "test"
// strength = "K1"
// sources = { disaster_loss = 400, temporary_assistance = 75 }
// min_grade = "linked"
// basis = ["B6"]
// harmless = [
//   { zh = "损失已由保险全额赔付", en = "the loss was fully insured" },
//   { zh = "村里按统一口径逐户填报", en = "the village listed every house alike" },
// ]
// blind = [
//   { zh = "无人上报的损失", en = "losses nobody reported" },
//   { zh = "实物救助", en = "aid in kind" },
//   { zh = "救助栏空白按未救助处理", en = "an aid cell left empty is read as no aid" },
// ]
// returns = ["household", "person_id", "benefit", "fact_from", "fact_to", "event", "event_on", "house_damage", "crop_loss_yuan", "income_year_yuan", "evidence"]
// identity = ["household", "person_id", "event", "event_on"]
// about = "household"
// urgent = true
// states = { zh = "{event_on} 受灾（{event}），房屋 {house_damage} 级，农作物损失 {crop_loss_yuan} 元，未见救助", en = "{event} on {event_on}: house damage {house_damage}, crops lost {crop_loss_yuan} CNY, and no aid on record" }
// ask = { zh = "现在住在哪里？房屋能否居住，口粮和收入是否有着落？", en = "Where does the family live now? Is the house safe, and what is there to live on?" }
// [params.min_days]
// default = 15
// unit = "days since the disaster"
// why = "discovery to help takes half a month"
// [params.max_days]
// default = 365
// unit = "days since the disaster"
// why = "older losses are settled, or another detector sees the poverty"
// [params.min_loss]
// default = 0.3
// unit = "crop loss as a share of the household's yearly income, 0 to 1"
// why = "a third of the year's income gone; exactly this share does not count"
// [eligible]
// match = "MATCH (p:Person)-[:SUFFERED]->(:Disaster) RETURN count(DISTINCT p.id) AS eligible"
// ---
MATCH (p:Person)-[g:SUFFERED]->(d:Disaster)
WHERE d.event_date < $as_of_end
  AND duration.inDays(d.event_date, $as_of_end).days >= $min_days
  AND duration.inDays(d.event_date, $as_of_end).days <= $max_days
  AND coalesce(d.aid_yuan, 0.0) <= 0
  AND NOT EXISTS {
    MATCH (p)-[r:RECEIVES]->(:Benefit {programme: '临时救助'})
    WHERE r.valid_from >= d.event_date AND r.valid_from < $as_of_end
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
WHERE ($households IS NULL OR household IN $households)
  // Help given to somebody else of the household reaches this person too.
  AND NOT EXISTS {
    MATCH (:Household {id: household})<-[:MEMBER_OF]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme = '临时救助' AND r.valid_from < $as_of_end
      AND r.valid_from >= d.event_date
  }
  AND NOT EXISTS {
    MATCH (p)-[:REGISTERED_IN]->(:HukouBook)<-[:REGISTERED_IN]-(:Person)-[r:RECEIVES]->(b:Benefit)
    WHERE b.programme = '临时救助' AND r.valid_from < $as_of_end
      AND r.valid_from >= d.event_date
  }
// The newest year of the income ledger of any household the head belongs to.
CALL (p, d) {
  OPTIONAL MATCH (p)-[:MEMBER_OF]->(:Household)-[z:EARNED]->(y:IncomeYear)
  WHERE y.year <= d.event_date.year
  WITH y, z ORDER BY y.year DESC, z.rid
  RETURN head(collect(coalesce(y.wage_yuan, 0.0) + coalesce(y.business_net_yuan, 0.0)
    + coalesce(y.property_yuan, 0.0) + coalesce(y.transfer_yuan, 0.0))) AS income,
    head(collect(z.rid)) AS ledger
}
WITH household, p, g, d, seat, ledger, income
WHERE d.house_damage IN ['C', 'D'] OR (income > 0 AND d.crop_loss_yuan > $min_loss * income)
RETURN household, p.id AS person_id, null AS benefit,
       // The need shows when help has not come in time.
       d.event_date + duration({days: $min_days}) AS fact_from, null AS fact_to, d.event AS event,
       d.event_date AS event_on, d.house_damage AS house_damage,
       d.crop_loss_yuan AS crop_loss_yuan, income AS income_year_yuan,
       [g.rid] + [z IN [seat, ledger] WHERE z IS NOT NULL] AS evidence
ORDER BY household, person_id, event, event_on
