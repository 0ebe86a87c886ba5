"""Months in which the income recomputed by the means ledger is over the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from doudi.detectors.facts import Facts
    from doudi.detectors.search import Setting

_MEMBERS = """
SELECT DISTINCT f.household AS household_id, f.person_id, f.fact_from AS valid_from,
       f.fact_to AS valid_to
FROM found AS f JOIN hit AS h USING (hit_id)
WHERE list_contains(?, f.detector) AND f.person_id IS NOT NULL
ORDER BY ALL
"""


def empty_incomes(facts: Facts) -> None:
    """Make ``hit_income`` (``hit_id, month, income_pc_yuan, line_yuan``), without rows."""
    facts.con.execute(
        "CREATE OR REPLACE TABLE hit_income (hit_id VARCHAR, month DATE, "
        "income_pc_yuan DOUBLE, line_yuan DOUBLE)"
    )


def over_line_months(
    setting: Setting, facts: Facts, detectors: list[str], *, with_person: bool
) -> bool:
    """Make ``recomputed`` (``household, month, over_line``) for the hits of some detectors.

    The incomes and lines are added to ``hit_income``, for the receipts.

    Args:
        setting: Projection, parameters and month.
        facts: Holds ``found``, ``hit`` and ``hit_income``.
        detectors: Ids of the detectors whose hits ask for it.
        with_person: Whether the person of each hit is counted as a member while the fact holds.

    Returns:
        Whether there is anything to recompute; the ledger is not touched otherwise.
    """
    asked = facts.rows("SELECT count(*) FROM hit WHERE list_contains(?, detector)", [detectors])
    if not asked[0][0]:
        return False
    setting.progress("收入重算 means ledger")
    facts.con.register("_ledger", _ledger(setting, facts, detectors, with_person=with_person))
    facts.con.execute(
        "CREATE OR REPLACE TABLE recomputed AS SELECT household_id AS household, "
        "month::DATE AS month, coalesce(over_line, false) AS over_line, income_pc_yuan, line_yuan "
        "FROM _ledger"
    )
    facts.con.unregister("_ledger")
    facts.con.execute(
        "INSERT INTO hit_income SELECT h.hit_id, r.month, r.income_pc_yuan, r.line_yuan "
        "FROM hit AS h JOIN recomputed AS r USING (household) WHERE list_contains(?, h.detector)",
        [detectors],
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
