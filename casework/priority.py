"""In which order people should look at leads.

Help comes first: leaks before errors. Within a direction the order is severity (a life, a child,
an old person alone) > number of independent signals > recency > exposure. Nothing is added up or
weighted, so the place of a lead can be told in one sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection

#: Leak detectors about a life in danger, a child without care or an old person alone.
SEVERE = frozenset({"L01", "L04", "L06", "L08", "L09", "L10", "L11"})


def priorities(leads: pd.DataFrame) -> pd.Series[int]:
    """The place of each lead among all of them, 1 for the first to look at.

    Args:
        leads: Columns ``lead_id, direction, detectors, exposure_cny`` and, where it is known,
            ``month_to`` (``YYYY-MM``, the last month the lead speaks of).

    Returns:
        Whole numbers 1 to n without gaps or ties, on the index of ``leads``. Equal leads are
        ordered by ``lead_id``, so that the order never depends on the order of the rows.
    """
    keys = pd.DataFrame(
        {
            "is_error": leads["direction"].eq("error"),
            "mild": ~leads["detectors"].map(_is_severe).astype(bool),
            "signals": -leads["detectors"].map(_signals).astype("int64"),
            "age": -_month_number(leads),
            "exposure": -leads["exposure_cny"].astype("float64").fillna(0.0),
            "lead_id": leads["lead_id"],
        }
    )
    order = keys.sort_values(list(keys.columns), kind="stable").index
    places = pd.Series(range(1, len(order) + 1), index=order, dtype="int64")
    return places.reindex(leads.index)


def _is_severe(detectors: Collection[str]) -> bool:
    return not SEVERE.isdisjoint(detectors)


def _signals(detectors: Collection[str]) -> int:
    return len(set(detectors))


def _month_number(leads: pd.DataFrame) -> pd.Series[int]:
    """Months since year 0 of ``month_to``, 0 where it is unknown."""
    if "month_to" not in leads.columns:
        return pd.Series(0, index=leads.index, dtype="int64")
    month = leads["month_to"].fillna("0000-00").astype(str)
    return month.str[:4].astype("int64") * 12 + month.str[5:7].astype("int64")
