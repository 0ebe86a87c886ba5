"""Who fell back: entry into monitoring or onto an assistance register within the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.graph.errors import RankingError
from doudi.ranking.unit_sql import HOUSEHOLD_PROGRAMMES, STRONG
from doudi.ranking.windows import features_of

if TYPE_CHECKING:
    from datetime import date

    import pyarrow as pa
    from numpy.typing import NDArray

    from doudi.graph.projection import Projection
    from doudi.ranking.features import FeatureTable
    from doudi.ranking.windows import Window

# A household falls back when it is identified for monitoring, or when a benefit begins that
# covers somebody who lived in it on the day of the features.
_EVENTS = f"""
WITH watched AS (
    SELECT m.start_id AS household, x.identified_date AS day
    FROM link_MONITORED_Household_Monitoring AS m JOIN node_Monitoring AS x ON x.id = m.end_id),
helped AS (
    SELECT u.household, b.start_date AS day
    FROM unit_member AS u JOIN link_RECEIVES_Person_Benefit AS r ON r.start_id = u.person
    JOIN node_Benefit AS b ON b.id = r.end_id
    WHERE b.register IN {HOUSEHOLD_PROGRAMMES} AND r.grade IN {STRONG})
SELECT household, min(day) AS day FROM (SELECT * FROM watched UNION ALL SELECT * FROM helped)
WHERE day >= ? AND day < ? AND household IN (SELECT household FROM unit_member)
GROUP BY household ORDER BY household
"""


@dataclass(frozen=True)
class Labelled:
    """Features with what came after.

    Attributes:
        features: The households.
        fell_back: Whether each fell back in the window, shape (n_households,).
        window: The day and the window.
    """

    features: FeatureTable
    fell_back: NDArray[np.bool_]
    window: Window

    @property
    def outcomes(self) -> int:
        """How many fell back."""
        return int(self.fell_back.sum())


def outcomes_in(projection: Projection, features: FeatureTable, window: Window) -> pa.Table:
    """First outcomes of households in a window: ``household, day``.

    Args:
        projection: The graph's tables as known after the window.
        features: The households, with their members on the day.
        window: Closed-open: the day itself counts, its end does not.
    """
    con = projection.con.cursor()
    try:
        con.register("unit_member", features.members)
        return con.execute(_EVENTS, [window.t, window.end]).fetch_arrow_table()
    finally:
        con.close()


def labelled(features: FeatureTable, outcomes: pa.Table, window: Window) -> Labelled:
    """Features joined to outcomes.

    Args:
        features: Households as of ``window.t``.
        outcomes: ``household, day``.
        window: Where the outcomes must lie.

    Raises:
        RankingError: if an outcome lies inside the feature window or after the outcome window, or
            the features are of another day.
    """
    if features.t != window.t:
        raise RankingError(
            (f"特征截至 {features.t}", f"features are as of {features.t}"),
            where=(
                f"结果窗口 {window.t} 至 {window.end}",
                f"outcome window {window.t} to {window.end}",
            ),
            expected=features_of(window.t),
            next_step=(
                "按窗口的第一天生成特征",
                "make the features for the first day of the window",
            ),
        )
    days: list[date] = outcomes["day"].to_pylist()
    window.check_outcome(min(days, default=None), max(days, default=None))
    fell = np.isin(features.column("household"), outcomes["household"].to_pylist())
    return Labelled(features, fell, window)
