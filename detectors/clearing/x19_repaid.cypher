// ---
// id = "X19"
// title = { zh = "已追回", en = "already recovered" }
// explains = { zh = "重叠月份的金额已在之后追回", en = "what was paid in these months has been recovered since" }
// ---
UNWIND $hits AS hit
MATCH (b:Benefit {id: hit.benefit})<-[:RECEIVES]-(q:Person)-[y:PAID]->(:Account)
WHERE y.register = b.register AND y.reverses IS NULL
  // What was returned by its number never arrived.
  AND NOT EXISTS {
    MATCH (q)-[z:PAID]->(:Account)
    WHERE z.reverses = y.payment_no AND (z.status = '退回' OR z.amount_yuan < 0)
  }
  // Without a number a return cancels the equal payment of its month.
  AND (coalesce(y.status, '成功') = '成功' OR y.status = '退回' AND EXISTS {
    MATCH (q)-[g:PAID {programme: y.programme, amount_yuan: y.amount_yuan}]->(:Account)
    WHERE coalesce(g.status, '成功') = '成功' AND g.valid_from <= y.valid_from
      AND (g.valid_to IS NULL OR g.valid_to > y.valid_from)
  })
  // A household's money names the case; a programme kept by person is paid to the person.
  AND CASE WHEN b.register = 'dibao_household_register'
           THEN y.household_id IS NULL OR b.id = b.register + '/' + y.household_id
           ELSE q.id = hit.person_id END
WITH DISTINCT hit, y,
     CASE WHEN y.valid_from > hit.month_from THEN y.valid_from ELSE hit.month_from END AS low,
     CASE WHEN y.valid_to < hit.month_to + duration({months: 1}) THEN y.valid_to
          ELSE hit.month_to + duration({months: 1}) END AS high
WITH hit, y, CASE WHEN y.amount_yuan > 0 AND low < high
                  THEN duration.inMonths(low, high).months * y.amount_yuan
                    * CASE WHEN y.status = '退回' THEN -1 ELSE 1 END ELSE 0.0 END AS paid,
     // A recovery is booked later, as a negative amount.
     CASE WHEN y.amount_yuan < 0 AND y.valid_from > hit.month_from
          THEN -y.amount_yuan * duration.inMonths(y.valid_from,
            coalesce(y.valid_to, y.valid_from + duration({months: 1}))).months ELSE 0.0 END AS back
ORDER BY y.rid
WITH hit, sum(paid) AS paid, sum(back) AS back,
     collect(CASE WHEN back > 0 THEN y.rid END) AS traces
WHERE paid > 0 AND back >= paid
RETURN hit.hit_id AS hit_id, paid AS paid_yuan, back AS recovered_yuan, traces AS evidence
ORDER BY hit_id
