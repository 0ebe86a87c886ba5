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

# A payment and each benefit it may belong to, ``choice`` 1 the likeliest. A case that another payment
# of the month names has its money already.
_CANDIDATES = f"""
CREATE OR REPLACE TABLE candidate AS
WITH owner AS (
    SELECT b.id AS benefit, b.register, b.start_date, b.end_date, b.monthly_amount_yuan AS granted,
           t.end_id AS household, h.household_id, h.urban_rural, t.valid_from, t.valid_to
    FROM node_Benefit AS b
    LEFT JOIN link_BELONGS_TO_Benefit_Household AS t ON t.start_id = b.id
    LEFT JOIN node_Household AS h ON h.id = t.end_id),
by_case AS (
    SELECT p.no, true AS named, o.* FROM net_payment AS p JOIN owner AS o
    ON p.register = o.register AND p.household_id = o.household_id
    WHERE p.register IN ({_HOUSEHOLDS}) AND p.household_id IS NOT NULL),
by_member AS (
    SELECT p.no, false AS named, o.* FROM net_payment AS p
    JOIN link_MEMBER_OF_Person_Household AS m ON m.start_id = p.person_id
        AND (m.valid_from IS NULL OR date_trunc('month', m.valid_from) <= p.month)
        AND (m.valid_to IS NULL OR p.month < m.valid_to)
    JOIN owner AS o ON o.household = m.end_id AND o.register = p.register
    WHERE p.register IN ({_HOUSEHOLDS}) AND p.no NOT IN (SELECT no FROM by_case)),
by_person AS (
    SELECT p.no, false AS named, o.* FROM net_payment AS p
    JOIN (SELECT DISTINCT start_id, end_id FROM link_RECEIVES_Person_Benefit) AS r
        ON r.start_id = p.person_id
    JOIN owner AS o ON o.benefit = r.end_id AND o.register = p.register
    WHERE p.register NOT IN ({_HOUSEHOLDS})),
each AS (
    SELECT c.no, c.benefit, c.household, c.named, c.granted, c.start_date, p.month,
           coalesce(date_trunc('month', c.start_date) <= p.month, true)
           AND coalesce(p.month < c.end_date, true) AS active,
           coalesce(date_trunc('month', c.valid_from) <= p.month, true)
           AND coalesce(p.month < c.valid_to, true) AS inside,
           c.register <> 'dibao_household_register'
           OR coalesce(p.programme = c.urban_rural || '低保', true) AS fits
    FROM (SELECT * FROM by_case UNION ALL SELECT * FROM by_member
          UNION ALL SELECT * FROM by_person) AS c JOIN net_payment AS p USING (no)),
taken AS (SELECT DISTINCT benefit, month, true AS is_taken FROM each WHERE named)
SELECT no, benefit, household, named, granted, active, row_number() OVER (
           PARTITION BY no
           ORDER BY active DESC, fits DESC, coalesce(is_taken, false) AND NOT named, inside DESC,
                    start_date DESC NULLS LAST, benefit, household) AS choice
FROM each LEFT JOIN taken USING (benefit, month)
"""

# Who stands in two registrations is paid twice: the n-th payment of a month belongs to the n-th
# registration that is open, those of the granted amount before the others.
_CONTESTED = """
CREATE OR REPLACE TABLE contested AS
WITH opened AS (
    SELECT no, benefit, any_value(granted) AS granted, min(choice) AS choice
    FROM candidate WHERE active AND NOT named
      AND no IN (SELECT no FROM candidate WHERE choice = 2 AND active AND NOT named)
    GROUP BY no, benefit)
SELECT o.*, p.person_id, p.register, p.programme, p.month, p.amount_yuan, p.batch, p.line
FROM opened AS o JOIN net_payment AS p USING (no)
"""
_GROUP = "person_id, register, programme, month, amount_yuan > 0"
_EQUAL = f"""
CREATE OR REPLACE TABLE matched AS
SELECT no, benefit FROM (
    SELECT no, benefit,
           dense_rank() OVER (PARTITION BY {_GROUP}, amount_yuan ORDER BY batch, line, no) AS nth,
           dense_rank() OVER (PARTITION BY {_GROUP}, amount_yuan ORDER BY choice) AS place
    FROM contested WHERE round(granted, 2) = round(abs(amount_yuan), 2))
WHERE nth = place
"""
_IN_ORDER = f"""
INSERT INTO matched
WITH rest AS (
    SELECT * FROM contested AS c
    WHERE no NOT IN (SELECT no FROM matched) AND NOT EXISTS (
        SELECT 1 FROM matched AS m JOIN contested AS d USING (no, benefit)
        WHERE d.benefit = c.benefit AND d.person_id = c.person_id AND d.month = c.month
          AND d.programme IS NOT DISTINCT FROM c.programme
          AND (d.amount_yuan > 0) = (c.amount_yuan > 0)))
SELECT no, benefit FROM (
    SELECT no, benefit, dense_rank() OVER (PARTITION BY {_GROUP} ORDER BY batch, line, no) AS nth,
           dense_rank() OVER (PARTITION BY {_GROUP} ORDER BY choice) AS place
    FROM rest)
WHERE nth = place
"""

_ATTRIBUTED = """
CREATE OR REPLACE TABLE attributed AS
WITH best AS (
    SELECT c.no, c.benefit, min(c.choice) AS choice FROM candidate AS c LEFT JOIN matched AS m
        USING (no)
    WHERE CASE WHEN m.no IS NULL THEN c.choice = 1 ELSE c.benefit = m.benefit END
    GROUP BY c.no, c.benefit)
SELECT p.no, p.rid, p.person_id, p.register, p.month, p.amount_yuan, c.benefit, c.household
FROM best JOIN candidate AS c USING (no, choice) JOIN net_payment AS p USING (no)
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

_STEPS = (
    _CANCELLED, _NET, _CANDIDATES, _CONTESTED, _EQUAL, _IN_ORDER, _ATTRIBUTED, _PAID,
)  # fmt: skip


def build_paid_months(facts: Facts, *, as_of: date, as_of_end: date) -> None:
    """Make the table ``paid_month`` of a projection.

    Columns ``benefit, household, register, month, paid_yuan, rids``: one row a benefit and month
    whose payments, net of returns and recoveries, are above 0; ``rids`` are the payments. Payments
    of household programmes go to the case they name, else to the payee's household; payments of
    programmes kept by person to the payee's benefit of that register. Several payments of a month
    are shared out among the registrations that are open.

    Args:
        facts: The projection.
        as_of: Last month that counts.
        as_of_end: The month after.

    Source: contract §5 and §6.
    """
    facts.con.execute(_PAYMENTS, [as_of])
    for statement in _STEPS:
        facts.con.execute(statement)
    facts.con.execute(_RECOGNISED_MONTHS, [as_of_end, as_of_end])


# The membership that counts is that of the member who was helped, where the fact is about somebody
# outside such as a spouse: who was once listed is at fault exactly when not a member.
_ERROR_MONTHS = f"""
INSERT INTO hit_month
WITH fact AS (
    SELECT DISTINCT hit_id, household, benefit, also_paid, fact_from, fact_to, exposure_yuan_month,
           coalesce(json_extract_string(columns, '$.member_id'), person_id) AS person_id
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
    a member (of ``member_id`` where the detector returns one). Leaks: the months since the need
    became visible, from the first month with payments on: what was before the deliveries begin is
    not known to be unhelped.

    Args:
        facts: Holds ``found``: ``hit_id, direction, household, person_id, benefit, fact_from,
            fact_to, exposure_yuan_month, columns``, several rows a hit where the fact has several
            intervals.
        as_of: Last month that counts.
        as_of_end: The month after.
    """
    facts.con.execute(
        "CREATE OR REPLACE TABLE hit_month (hit_id VARCHAR, benefit VARCHAR, month DATE, "
        "paid_yuan DECIMAL(14, 2), exposure_yuan DECIMAL(14, 2))"
    )
    facts.con.execute(_ERROR_MONTHS, [as_of])
    facts.con.execute(_LEAK_MONTHS, [as_of, as_of_end, as_of_end])
