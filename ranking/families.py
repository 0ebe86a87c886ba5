"""Which households are one family: relatives must not stand on both sides of a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.ranking.unit_sql import STRONG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.graph.projection import Projection
    from doudi.ranking.features import FeatureTable

_TIES = f"""
WITH member AS (SELECT DISTINCT household, person FROM members)
SELECT DISTINCT a.household AS one, b.household AS other
FROM member AS a JOIN link_KIN_OF_Person_Person AS k ON k.start_id = a.person
JOIN member AS b ON b.person = k.end_id
WHERE k.grade IN {STRONG} AND a.household <> b.household
UNION
SELECT DISTINCT a.household, b.household FROM member AS a JOIN member AS b USING (person)
WHERE a.household <> b.household
ORDER BY ALL
"""


class Families:
    """The family of each household, over several days together.

    Households are one family when members are kin within three degrees, or shared, directly or
    through further households on the lists. The family components of the whole county are of no
    use here: marriages join most of a village into one.

    Args:
        projection: Gives the kin.
        tables: The households of all windows.
    """

    def __init__(self, projection: Projection, tables: Sequence[FeatureTable]) -> None:
        """Join the households by their ties."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        members = pa.concat_tables([table.members for table in tables])
        self.names_: NDArray[Any] = np.unique(
            np.concatenate([table.column("household") for table in tables])
        )
        con = projection.con.cursor()
        try:
            con.register("members", members)
            ties = con.execute(_TIES).fetchnumpy()
        finally:
            con.close()
        one, other = (np.searchsorted(self.names_, np.asarray(ties[c], dtype=self.names_.dtype))
                      for c in ("one", "other"))  # fmt: skip
        shape = (len(self.names_), len(self.names_))
        graph = coo_matrix((np.ones(len(one)), (one, other)), shape=shape)
        labels = connected_components(graph, directed=False)[1]
        self.labels_: NDArray[np.int64] = labels.astype(np.int64)

    def of(self, table: FeatureTable) -> NDArray[np.int64]:
        """The family of each household of a table, shape (n_households,)."""
        return self.labels_[np.searchsorted(self.names_, table.column("household"))]

    def largest_share(self) -> float:
        """Share of all households that the largest family holds, 0 to 1."""
        return float(np.bincount(self.labels_).max() / len(self.labels_))
