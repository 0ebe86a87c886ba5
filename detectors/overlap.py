"""Paid months, and the months of a fact among them.

A month is written as its first day, and lies in a fact's closed-open interval when that day does:
a fact that begins in the middle of a month counts from the next one, and intervals that only touch
have no month in common. Nothing is averaged over months.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from doudi.detectors.facts import Facts

HOUSEHOLD_REGISTERS = ("dibao_household_register", "low_income_edge_register")
"""Registers that keep their programme by household."""

RECOGNITIONS = ("low_income_edge_register", "rigid_expenditure_register")
"""Registers that recognise without paying: their months are those of the register."""

_HOUSEHOLDS = ", ".join(f"'{register}'" for register in HOUSEHOLD_REGISTERS)
_RECOGNISED = ", ".join(f"'{register}'" for register in RECOGNITIONS)

# Each month of a spell with its own source row: months of a spell stand in ``rows`` in order.
_PAYMENTS = """
CREATE OR REPLACE TABLE payment AS
WITH spell AS (
    SELECT *, string_split("rows", ',') AS parts,
           greatest(1, date_diff('month', valid_from,
                                 coalesce(valid_to, valid_from + INTERVAL 1 MONTH))) AS months
    FROM link_PAID_Person_Account
    WHERE register IS NOT NULL AND valid_from IS NOT NULL AND amount_yuan IS NOT NULL),
monthly AS (SELECT *, unnest(range(1, months + 1)) AS nth FROM spell)
SELECT row_number() OVER (ORDER BY rid, nth) AS no, rid, start_id AS person_id, register, programme,
       amount_yuan, household_id, coalesce(status, '成功') AS status, payment_no, reverses,
       (date_trunc('month', valid_from) + to_months((nth - 1)::INTEGER))::DATE AS month,
       coalesce(regexp_extract(parts[nth], '^(.*):[^:]*$', 1), batch) AS batch,
       coalesce(try_cast(regexp_extract(parts[nth], '[^:]*$') AS BIGINT), "row") AS line
FROM monthly WHERE month <= ?
"""

# A returned payment that names what it cancels takes that one; else the last equal one before it,
# which is the n-th of the equal ones for the n-th return.
_CANCELLED = """
CREATE OR REPLACE TABLE cancelled AS
WITH good AS (SELECT * FROM payment WHERE status = '成功' AND amount_yuan > 0),
named AS (
    SELECT DISTINCT g.no FROM payment AS r JOIN good AS g
    ON r.reverses = g.payment_no AND r.person_id = g.person_id
    WHERE r.reverses IS NOT NULL AND (r.status = '退回' OR r.amount_yuan < 0)),
nameless AS (
    SELECT no, person_id, programme, amount_yuan, month, batch, line,
           row_number() OVER (PARTITION BY person_id, programme, amount_yuan, month
                              ORDER BY batch, line, no) AS nth
    FROM payment WHERE status = '退回' AND reverses IS NULL),
before AS (
    SELECT r.nth, g.no,
           row_number() OVER (PARTITION BY r.no ORDER BY g.month DESC, g.batch DESC, g.line DESC,
                              g.no) AS place
    FROM nameless AS r JOIN good AS g
    ON g.person_id = r.person_id AND g.programme = r.programme
       AND g.amount_yuan = r.amount_yuan
       AND (g.month, g.batch, g.line) < (r.month, r.batch, r.line)
    WHERE g.no NOT IN (SELECT no FROM named))
SELECT no FROM named UNION SELECT no FROM before WHERE place = nth
"""

# A recovery that names the payment it takes back has cancelled it and is not subtracted again.
_NET = """
CREATE OR REPLACE TABLE net_payment AS
SELECT * FROM payment
WHERE status = '成功' AND no NOT IN (SELECT no FROM cancelled)
  AND NOT (amount_yuan < 0 AND reverses IS NOT NULL AND reverses IN (
      SELECT payment_no FROM payment WHERE no IN (SELECT no FROM cancelled)))
"""

_ATTRIBUTED = f"""
CREATE OR REPLACE TABLE attributed AS
WITH owner AS (
    SELECT b.id AS benefit, b.register, b.start_date, b.end_date, t.end_id AS household,
           h.household_id, t.valid_from, t.valid_to
    FROM node_Benefit AS b
    LEFT JOIN link_BELONGS_TO_Benefit_Household AS t ON t.start_id = b.id
    LEFT JOIN node_Household AS h ON h.id = t.end_id),
by_case AS (
    SELECT p.no, o.* FROM net_payment AS p JOIN owner AS o
    ON p.register = o.register AND p.household_id = o.household_id
    WHERE p.register IN ({_HOUSEHOLDS}) AND p.household_id IS NOT NULL),
by_member AS (
    SELECT p.no, o.* FROM net_payment AS p
    JOIN link_MEMBER_OF_Person_Household AS m ON m.start_id = p.person_id
        AND (m.valid_from IS NULL OR date_trunc('month', m.valid_from) <= p.month)
        AND (m.valid_to IS NULL OR p.month < m.valid_to)
    JOIN owner AS o ON o.household = m.end_id AND o.register = p.register
    WHERE p.register IN ({_HOUSEHOLDS}) AND p.no NOT IN (SELECT no FROM by_case)),
by_person AS (
    SELECT p.no, o.* FROM net_payment AS p
    JOIN (SELECT DISTINCT start_id, end_id FROM link_RECEIVES_Person_Benefit) AS r
        ON r.start_id = p.person_id
    JOIN owner AS o ON o.benefit = r.end_id AND o.register = p.register
    WHERE p.register NOT IN ({_HOUSEHOLDS})),
candidate AS (
    SELECT * FROM by_case UNION ALL SELECT * FROM by_member UNION ALL SELECT * FROM by_person)
SELECT p.no, p.rid, p.person_id, p.register, p.month, p.amount_yuan, c.benefit, c.household
FROM candidate AS c JOIN net_payment AS p USING (no)
QUALIFY row_number() OVER (
    PARTITION BY p.no
    ORDER BY coalesce(date_trunc('month', c.start_date) <= p.month, true)
             AND coalesce(p.month < c.end_date, true) DESC,
             coalesce(date_trunc('month', c.valid_from) <= p.month, true)
             AND coalesce(p.month < c.valid_to, true) DESC,
             c.start_date DESC NULLS LAST, c.benefit, c.household) = 1
"""

_PAID = """
CREATE OR REPLACE TABLE paid_month AS
SELECT benefit, any_value(household ORDER BY household) AS household,
       any_value(register) AS register, month,
       round(sum(amount_yuan), 2)::DECIMAL(14, 2) AS paid_yuan,
       list_sort(list_distinct(list(rid))) AS rids
FROM attributed GROUP BY benefit, month HAVING round(sum(amount_yuan), 2) > 0
"""

# Where payments are not delivered at all, or never are for a programme, the register's own
# interval stands for them, without money.
_RECOGNISED_MONTHS = f"""
INSERT INTO paid_month
SELECT b.id, t.end_id, b.register,
       unnest(generate_series(date_trunc('month', b.start_date)::TIMESTAMP,
              least(coalesce(b.end_date, ?::DATE), ?::DATE)::TIMESTAMP - INTERVAL 1 DAY,
              INTERVAL 1 MONTH))::DATE, 0, []
FROM node_Benefit AS b
JOIN (SELECT start_id, min(end_id) AS end_id FROM link_BELONGS_TO_Benefit_Household
      GROUP BY start_id) AS t ON t.start_id = b.id
WHERE b.start_date IS NOT NULL AND b.id NOT IN (SELECT DISTINCT benefit FROM paid_month)
  AND (b.register IN ({_RECOGNISED}) OR NOT EXISTS (SELECT 1 FROM link_PAID_Person_Account))
"""


def build_paid_months(facts: Facts, *, as_of: date, as_of_end: date) -> None:
    """Make the table ``paid_month`` of a projection.

    Columns ``benefit, household, register, month, paid_yuan, rids``: one row a benefit and month
    whose payments, net of returns and recoveries, are above 0; ``rids`` are the payments. Payments
    of household programmes go to the case they name, else to the payee's household; payments of
    programmes kept by person to the payee's benefit of that register.

    Args:
        facts: The projection.
        as_of: Last month that counts.
        as_of_end: The month after.

    Source: contract §5 and §6.
    """
    facts.con.execute(_PAYMENTS, [as_of])
    for statement in (_CANCELLED, _NET, _ATTRIBUTED, _PAID):
        facts.con.execute(statement)
    facts.con.execute(_RECOGNISED_MONTHS, [as_of_end, as_of_end])


_ERROR_MONTHS = f"""
INSERT INTO hit_month
WITH fact AS (
    SELECT DISTINCT hit_id, household, person_id, benefit, also_paid, fact_from, fact_to,
           exposure_yuan_month
    FROM found WHERE direction = 'error'),
matched AS (
    SELECT f.*, p.benefit AS paid_benefit, p.register, p.month, p.paid_yuan
    FROM fact AS f JOIN paid_month AS p ON p.benefit = f.benefit
    UNION ALL
    SELECT f.*, p.benefit, p.register, p.month, p.paid_yuan
    FROM fact AS f JOIN paid_month AS p ON p.household = f.household
    WHERE f.benefit IS NULL),
inside AS (
    SELECT * FROM matched AS m
    WHERE month <= ? AND (fact_from IS NULL OR fact_from <= month)
      AND (fact_to IS NULL OR month < fact_to)
      AND (also_paid IS NULL OR EXISTS (
          SELECT 1 FROM paid_month AS p WHERE p.benefit = m.also_paid AND p.month = m.month))),
member AS (
    SELECT start_id AS person_id, end_id AS household,
           date_trunc('month', valid_from)::DATE AS valid_from, valid_to
    FROM link_MEMBER_OF_Person_Household)
SELECT hit_id, paid_benefit, month, any_value(paid_yuan),
       max(coalesce(exposure_yuan_month, paid_yuan))
FROM inside AS i
WHERE register NOT IN ({_HOUSEHOLDS})
   OR NOT EXISTS (SELECT 1 FROM member AS m
                  WHERE m.person_id = i.person_id AND m.household = i.household)
   OR EXISTS (SELECT 1 FROM member AS m
              WHERE m.person_id = i.person_id AND m.household = i.household
                AND (m.valid_from IS NULL OR m.valid_from <= i.month)
                AND (m.valid_to IS NULL OR i.month < m.valid_to))
GROUP BY hit_id, paid_benefit, month
"""

_LEAK_MONTHS = """
INSERT INTO hit_month
SELECT hit_id, NULL, month, 0, max(coalesce(exposure_yuan_month, 0))
FROM (SELECT hit_id, exposure_yuan_month,
             unnest(generate_series(
                 greatest(date_trunc('month', coalesce(fact_from, ?::DATE)),
                          (SELECT min(month) FROM payment))::TIMESTAMP,
                 least(coalesce(fact_to, ?::DATE), ?::DATE)::TIMESTAMP - INTERVAL 1 DAY,
                 INTERVAL 1 MONTH))::DATE AS month
      FROM found WHERE direction = 'leak')
GROUP BY hit_id, month
"""


def build_hit_months(facts: Facts, *, as_of: date, as_of_end: date) -> None:
    """Make the table ``hit_month`` from ``found`` and ``paid_month``.

    Columns ``hit_id, benefit, month, paid_yuan, exposure_yuan``. Errors: paid months in which the
    fact held and, for programmes kept by household, the membership too of a person who is or was
    a member. Leaks: the
    months since the need became visible, from the first month with payments on: what was before
    the deliveries begin is not known to be unhelped.

    Args:
        facts: Holds ``found``: ``hit_id, direction, household, person_id, benefit, fact_from,
            fact_to, exposure_yuan_month``, several rows a hit where the fact has several intervals.
        as_of: Last month that counts.
        as_of_end: The month after.
    """
    facts.con.execute(
        "CREATE OR REPLACE TABLE hit_month (hit_id VARCHAR, benefit VARCHAR, month DATE, "
        "paid_yuan DECIMAL(14, 2), exposure_yuan DECIMAL(14, 2))"
    )
    facts.con.execute(_ERROR_MONTHS, [as_of])
    facts.con.execute(_LEAK_MONTHS, [as_of, as_of_end, as_of_end])
