"""Months in which the income recomputed by the means ledger is over the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from doudi.detectors.facts import Facts
    from doudi.detectors.setting import Setting

_MEMBERS = """
SELECT DISTINCT f.household AS household_id, f.person_id, f.fact_from AS valid_from,
       f.fact_to AS valid_to
FROM found AS f JOIN hit AS h USING (hit_id)
WHERE list_contains(?, f.detector) AND f.person_id IS NOT NULL
ORDER BY ALL
"""

# The ledger of a household leaves out its members who are kept as 特困: it says nothing of their own
# benefit, which only a ledger of the person alone does.
_COMPARED = """
CREATE OR REPLACE TABLE compared AS
SELECT m.hit_id, m.month, any_value(h.household) AS household
FROM hit_month AS m JOIN hit AS h USING (hit_id) LEFT JOIN node_Benefit AS b ON b.id = m.benefit
WHERE list_contains(?, h.detector)
GROUP BY m.hit_id, m.month
HAVING bool_and(starts_with(h.household, 'person:')
                OR coalesce(b.register = 'dibao_household_register', false))
"""


def empty_incomes(facts: Facts) -> None:
    """Make ``hit_income`` (``hit_id, month, income_pc_yuan, line_yuan``), without rows."""
    facts.con.execute(
        "CREATE OR REPLACE TABLE hit_income (hit_id VARCHAR, month DATE, "
        "income_pc_yuan DOUBLE, line_yuan DOUBLE)"
    )


def build_compared(facts: Facts, detectors: list[str]) -> None:
    """Make ``compared`` (``hit_id, month, household``): months whose income the ledger may judge.

    Args:
        facts: Holds ``hit`` and ``hit_month``.
        detectors: Ids of the detectors that ask for the recomputation.
    """
    facts.con.execute(_COMPARED, [detectors])


def over_line_months(
    setting: Setting, facts: Facts, detectors: list[str], *, with_person: bool
) -> bool:
    """Make ``recomputed`` (``household, month, over_line``) for the hits of some detectors.

    ``compared`` says which months of the hits may be compared with it. Their incomes and lines are
    added to ``hit_income``, for the receipts.

    Args:
        setting: Projection, parameters and month.
        facts: Holds ``found``, ``hit``, ``hit_month`` and ``hit_income``.
        detectors: Ids of the detectors whose hits ask for it.
        with_person: Whether the person of each hit is counted as a member while the fact holds.

    Returns:
        Whether there is anything to recompute; the ledger is not touched otherwise.
    """
    asked = facts.rows("SELECT count(*) FROM hit WHERE list_contains(?, detector)", [detectors])
    if not asked[0][0]:
        return False
    setting.progress("收入重算 means ledger")
    build_compared(facts, detectors)
    facts.con.register("_ledger", _ledger(setting, facts, detectors, with_person=with_person))
    facts.con.execute(
        "CREATE OR REPLACE TABLE recomputed AS SELECT household_id AS household, "
        "month::DATE AS month, coalesce(over_line, false) AS over_line, income_pc_yuan, line_yuan "
        "FROM _ledger"
    )
    facts.con.unregister("_ledger")
    facts.con.execute(
        "INSERT INTO hit_income SELECT h.hit_id, r.month, r.income_pc_yuan, r.line_yuan "
        "FROM compared AS h JOIN recomputed AS r USING (household, month)"
    )
    return True


def _ledger(setting: Setting, facts: Facts, detectors: list[str], *, with_person: bool) -> pa.Table:
    from doudi.policy import means

    if not with_person:
        return means.means_ledger(setting.projection, setting.parameters, as_of=setting.as_of)
    return means.recompute(
        setting.projection,
        setting.parameters,
        facts.table(_MEMBERS, [detectors]),
        as_of=setting.as_of,
    )
