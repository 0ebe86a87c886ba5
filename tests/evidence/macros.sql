-- Days are ISO text and months YYYY-MM, so that both compare as text.

-- The month n months on.
CREATE MACRO later(month, n) AS
  left(CAST(CAST(month || '-01' AS DATE) + to_months(CAST(n AS INTEGER)) AS VARCHAR), 7);
-- The day n days on.
CREATE MACRO days_on(day, n) AS CAST(CAST(day AS DATE) + CAST(n AS INTEGER) AS VARCHAR);
CREATE MACRO born(person) AS
  substr(person, 7, 4) || '-' || substr(person, 11, 2) || '-' || substr(person, 13, 2);
-- Full years of age in a month, by the number.
CREATE MACRO age_in(person, month) AS (CAST(left(month, 4) AS INTEGER) * 12
  + CAST(substr(month, 6, 2) AS INTEGER) - CAST(substr(person, 7, 4) AS INTEGER) * 12
  - CAST(substr(person, 11, 2) AS INTEGER)) // 12;
-- Whether a span of months or days, open ends NULL, touches months a to b.
CREATE MACRO touches(span_from, span_to, a, b) AS
  left(coalesce(span_from, '0000-00'), 7) <= b AND left(coalesce(span_to, '9999-12'), 7) >= a;
