"""How good an order is: who is found within what a township can visit. Never accuracy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

RESAMPLES = 400
INTERVAL = 0.90


@dataclass(frozen=True)
class Measures:
    """What an order finds in the check window, with its denominators.

    Attributes:
        precision_at_capacity: Share of visited households that fell back: mean over townships, so
            that a large one does not hide a small one.
        low: Lower end of the 90 % bootstrap interval of that mean, families resampled.
        high: Upper end.
        recall_at_capacity: Found among all that fell back.
        lift: Share found among the visited over the share among all households.
        average_precision: Area under the precision-recall curve.
        auc: Area under the ROC curve; None without both outcomes.
        visited: Households within capacity.
        found: Of these, how many fell back.
        outcomes: How many fell back in all.
        households: How many there are.
        townships: Over how many townships the mean is taken.
    """

    precision_at_capacity: float
    low: float
    high: float
    recall_at_capacity: float
    lift: float
    average_precision: float
    auc: float | None
    visited: int
    found: int
    outcomes: int
    households: int
    townships: int

    def as_json(self) -> dict[str, Any]:
        """Plain values, ratios rounded to four digits."""
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Field:
    """The households of a check window.

    Attributes:
        fell_back: Outcome of each, shape (n_households,).
        township: Township of each.
        family: Family of each.
        names: Household of each, which decides between equal scores.
        capacity: Visits a township has.
    """

    fell_back: NDArray[np.bool_]
    township: NDArray[Any]
    family: NDArray[np.int64]
    names: NDArray[Any]
    capacity: Mapping[str, int]


def ordered(score: NDArray[np.float64], names: NDArray[Any]) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest; equal scores by name."""
    return np.lexsort((names, -score)).astype(np.int64)


def measure(field: Field, score: NDArray[np.float64], *, seed: int) -> Measures:
    """The measures of one order.

    Args:
        field: The households and what became of them.
        score: Higher means sooner, shape (n_households,).
        seed: Of the bootstrap.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    order = ordered(score, field.names)
    towns = np.unique(field.township)
    inside = [order[field.township[order] == town] for town in towns]
    top = [rows[: field.capacity[str(town)]] for rows, town in zip(inside, towns, strict=True)]
    visited = np.concatenate(top)
    found, outcomes = int(field.fell_back[visited].sum()), int(field.fell_back.sum())
    shares = [float(field.fell_back[rows].mean()) for rows in top]
    low, high = _interval(field, inside, towns, seed)
    both = 0 < outcomes < len(score)
    base = outcomes / len(score)
    return Measures(
        precision_at_capacity=float(np.mean(shares)),
        low=low,
        high=high,
        recall_at_capacity=found / outcomes if outcomes else 0.0,
        lift=found / len(visited) / base if base else 0.0,
        average_precision=float(average_precision_score(field.fell_back, score)) if both else base,
        auc=float(roc_auc_score(field.fell_back, score)) if both else None,
        visited=len(visited),
        found=found,
        outcomes=outcomes,
        households=len(score),
        townships=len(towns),
    )


def _interval(
    field: Field, inside: list[NDArray[np.int64]], towns: NDArray[Any], seed: int
) -> tuple[float, float]:
    """Poisson bootstrap over families: each counts 0, 1, 2 ... times."""
    names, place = np.unique(field.family, return_inverse=True)
    weights = np.random.default_rng(seed).poisson(1.0, (RESAMPLES, len(names)))
    shares = [
        _weighted_share(weights[:, place[rows]], field.fell_back[rows], field.capacity[str(town)])
        for rows, town in zip(inside, towns, strict=True)
    ]
    means = np.mean(shares, axis=0)
    side = (1 - INTERVAL) / 2
    low, high = np.quantile(means, [side, 1 - side])
    return float(low), float(high)


def _weighted_share(
    weights: NDArray[np.int64], fell_back: NDArray[np.bool_], capacity: int
) -> NDArray[np.float64]:
    """Share found within capacity of each resample, shape (n_resamples,)."""
    before = np.cumsum(weights, axis=1) - weights
    visits = np.clip(capacity - before, 0, weights)
    total = visits.sum(axis=1)
    return np.asarray((visits * fell_back).sum(axis=1) / np.maximum(total, 1), dtype=float)
