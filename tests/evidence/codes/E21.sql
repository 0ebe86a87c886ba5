-- E21 rental income (card E21).
-- Case: invoices of a year over a tenth of the standard for the household, and over what is declared.
-- X05: within the declared income. X18: a tenth at most.
WITH rent AS (
  SELECT c.claim, sum(r.amount) / greatest(12, count(DISTINCT left(r.invoice_date, 7))) AS a_month
  FROM claims c JOIN members m USING (household_id) JOIN rental_invoice r ON r.landlord_id = m.person_id
  WHERE left(r.invoice_date, 7) > later(c.month_to, -12) AND left(r.invoice_date, 7) <= c.month_to
  GROUP BY c.claim)
SELECT c.claim FROM claims c JOIN settled USING (claim) JOIN means USING (claim) JOIN rent r USING (claim)
WHERE CASE c.clearing_code
  WHEN '' THEN r.a_month > 0.1 * standard * heads AND r.a_month > declared_pc * heads
  WHEN 'X05' THEN r.a_month > 0.1 * standard * heads AND r.a_month <= declared_pc * heads + 1
  WHEN 'X18' THEN r.a_month <= 0.1 * standard * heads
  ELSE false END;
