"""Pairs joined to clusters, one record of each person, and the best partner of each.

Joining whatever is linked makes chains: one wrong link joins two people and all their rows. So
within what hangs together, clusters grow from single rows, the surest first, and two clusters are
joined only while all pairs between them speak for it on the average; a pair that shares no key
speaks a little against it.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doudi.linking.text import Rows

STRANGER = -1.0
"""Log odds that a pair counts with when no rule had it compared."""
LEAST, MOST = -6.0, 8.0
"""A single pair's log odds count no further than this."""


def best_partners(left: Rows, right: Rows, odds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Pairs that stay when every row may have one partner, the surest pair first.

    Pairs of the same odds are taken in order of their rows.
    """
    kept = np.zeros(len(left), bool)
    order = np.lexsort((right, left, -odds))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    open_ = np.arange(len(left))
    rows = int(max(left.max(), right.max())) + 1 if len(left) else 0
    while len(open_):
        best = np.full(rows, len(rank), np.int64)
        np.minimum.at(best, left[open_], rank[open_])
        np.minimum.at(best, right[open_], rank[open_])
        mutual = (best[left[open_]] == rank[open_]) & (best[right[open_]] == rank[open_])
        kept[open_[mutual]] = True
        taken = np.zeros(rows, bool)
        taken[left[open_[mutual]]] = taken[right[open_[mutual]]] = True
        open_ = open_[~(taken[left[open_]] | taken[right[open_]])]
    return kept


def components(left: Rows, right: Rows, rows: int) -> Rows:
    """Of each row the first row that hangs together with it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(rows, rows))
    _, label = connected_components(links, directed=False)
    first = np.full(rows, rows, np.int32)
    np.minimum.at(first, label, np.arange(rows, dtype=np.int32))
    return first[label]


def grown(
    left: Rows,
    right: Rows,
    odds: NDArray[np.float32],
    rows: int,
    *,
    linked: float,
) -> Rows:
    """Of each row the first row of its cluster.

    Args:
        left: One row of each pair that was compared.
        right: The other.
        odds: Log odds that they are one person.
        rows: Number of rows.
        linked: Log odds from which on a pair holds rows together at all.
    """
    sure = odds >= linked
    whole = components(left[sure], right[sure], rows)
    inside = np.flatnonzero(whole[left] == whole[right])
    left, right, odds = left[inside], right[inside], odds[inside]
    size = np.bincount(whole, minlength=rows)
    friends = np.bincount(whole[left], odds > 0, minlength=rows)
    # Where every pair speaks for one person no order of joining can end elsewhere.
    loose = friends * 2 < size * (size - 1)
    at = np.flatnonzero(loose[whole[left]])
    label = np.where(loose[whole], np.arange(rows, dtype=np.int32), whole)
    for row, cluster in _Growth(left[at], right[at], odds[at]).clusters().items():
        label[row] = cluster
    return label


class _Growth:
    """Clusters of rows that grow by the best mean of the pairs between them."""

    def __init__(self, left: Rows, right: Rows, odds: NDArray[np.float32]) -> None:
        """Start with every row as a cluster of its own."""
        self.links: dict[int, dict[int, tuple[float, int]]] = {}
        weight = np.clip(odds, LEAST, MOST).astype(float)
        rows = zip(left.tolist(), right.tolist(), weight.tolist(), strict=True)
        for one, two, said in rows:  # only rows of clusters that are in doubt
            self.links.setdefault(one, {})[two] = (said, 1)
            self.links.setdefault(two, {})[one] = (said, 1)
        self.members = {row: [row] for row in self.links}
        self.waiting = [
            (-said, one, two)
            for one, others in self.links.items()
            for two, (said, _) in others.items()
            if one < two and said > 0
        ]
        heapq.heapify(self.waiting)

    def clusters(self) -> dict[int, int]:
        """First row of the cluster of each row."""
        while self.waiting:
            against, one, two = heapq.heappop(self.waiting)
            is_there = one in self.links and two in self.links
            if is_there and two in self.links[one] and self._mean(one, two) == -against:
                self._join(one, two)
        return {row: min(rows) for rows in self.members.values() for row in rows}

    def _mean(self, one: int, two: int) -> float:
        said, pairs = self.links[one][two]
        between = len(self.members[one]) * len(self.members[two])
        return (said + (between - pairs) * STRANGER) / between

    def _join(self, one: int, two: int) -> None:
        """Let the cluster with more neighbours take the other one up."""
        if len(self.links[one]) < len(self.links[two]):
            one, two = two, one
        self.members[one] += self.members.pop(two)
        for other, (said, pairs) in self.links.pop(two).items():
            del self.links[other][two]
            if other != one:
                before, count = self.links[one].get(other, (0.0, 0))
                self.links[one][other] = self.links[other][one] = (before + said, count + pairs)
        for other in self.links[one]:
            mean = self._mean(one, other)
            if mean > 0:
                heapq.heappush(self.waiting, (-mean, min(one, other), max(one, other)))
