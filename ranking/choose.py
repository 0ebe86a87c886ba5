"""The check of models and rules on the later window, and the choice between them.

A model learns from the earlier window and is checked on the later one, and never on a household
whose relatives it learnt from: families are dealt into folds, and each fold is scored by a model
that saw only the other families.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doudi.graph.errors import RankingError, filled
from doudi.ranking.evaluate import Field, Measures, measure
from doudi.ranking.models import (
    MODELS,
    RULES,
    Classifier,
    fitted,
    probability,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from doudi.graph.errors import Pair
    from doudi.ranking.families import Families
    from doudi.ranking.outcome import Labelled

LEAST_OUTCOMES = 8
"""Fewer outcomes than this in a window say nothing about a model."""
FOLDS = 5


@dataclass(frozen=True)
class Choice:
    """The chosen model, refitted on all windows, and how everything did in the check.

    Attributes:
        name: Name of the model.
        model: Fitted on the households of all windows.
        names: The features, in the order of the model's columns.
        measures: Of every model and rule, by name.
    """

    name: str
    model: Classifier
    names: tuple[str, ...]
    measures: dict[str, Measures]


def choose(
    train: Sequence[Labelled],
    check: Labelled,
    recent: Sequence[Labelled],
    names: Sequence[str],
    families: Families,
    capacity: Mapping[str, int],
    *,
    seed: int,
) -> Choice:
    """Check all models and rules, take the best model, refit it on all that is known.

    Args:
        train: Windows whose outcomes end before the check begins.
        check: The window to check on.
        recent: Further windows for the model that is kept.
        names: Features to use.
        families: Which households are relatives.
        capacity: Visits by township.
        seed: Of folds, models and bootstrap.

    Raises:
        RankingError: if a window has too few outcomes to learn from or to check on.
    """
    enough(train[0], TO_LEARN)
    enough(check, TO_CHECK)
    field = Field(
        fell_back=check.fell_back,
        township=check.features.column("township"),
        family=families.of(check.features),
        names=check.features.column("household"),
        capacity=capacity,
    )
    past = _stacked(train, names, families)
    folds = family_folds(check.fell_back, field.family, seed)
    ask = check.features.matrix(names)
    scores = {
        name: _unseen(name, past, ask, field.family, folds, names, seed=seed) for name in MODELS
    }
    scores |= {name: rule(check.features) for name, rule in RULES.items()}
    measures = {name: measure(field, score, seed=seed) for name, score in scores.items()}
    best = max(MODELS, key=lambda name: merit(measures[name]))
    whole = _stacked([*train, check, *recent], names, families)
    model = fitted(best, names, whole.values, whole.fell_back, seed=seed)
    return Choice(best, model, tuple(names), measures)


def _decisive(measures: Measures) -> bool:
    return measures.visited <= measures.households / 2


def merit(measures: Measures) -> tuple[float, float]:
    """What a model is chosen by: precision at capacity, then average precision.

    Where more than half of all households can be visited nearly every order finds the same ones;
    then the average precision decides alone.
    """
    precision = measures.precision_at_capacity if _decisive(measures) else 0.0
    return precision, measures.average_precision


TO_LEARN, TO_CHECK = ("建模", "to learn from"), ("检验", "to check on")


def enough(part: Labelled, purpose: Pair) -> None:
    """Refuse a window with too few outcomes.

    Raises:
        RankingError: with the counts.
    """
    kept, total = part.outcomes, len(part.fell_back)
    start, end = part.window.t, part.window.end
    if kept < LEAST_OUTCOMES or total - kept < LEAST_OUTCOMES:
        raise RankingError(
            filled(
                "{total} 户中有 {kept} 户返贫，不足以{purpose}",
                "{kept} of {total} households fell back, too few {purpose}",
                kept=kept,
                total=total,
                purpose=purpose,
            ),
            where=(f"{start} 至 {end}", f"{start} to {end}"),
            expected=(
                f"返贫和未返贫的各至少 {LEAST_OUTCOMES} 户",
                f"at least {LEAST_OUTCOMES} that did and as many that did not",
            ),
            next_step=(
                "待报送更多历史数据后再排序；此前按简单规则上门",
                "rank when more history has been delivered; until then visit by plain rule",
            ),
        )


@dataclass(frozen=True)
class _Stacked:
    values: NDArray[np.float64]
    fell_back: NDArray[np.bool_]
    family: NDArray[np.int64]


def _stacked(parts: Sequence[Labelled], names: Sequence[str], families: Families) -> _Stacked:
    return _Stacked(
        np.vstack([part.features.matrix(names) for part in parts]),
        np.concatenate([part.fell_back for part in parts]),
        np.concatenate([families.of(part.features) for part in parts]),
    )


def family_folds(
    fell_back: NDArray[np.bool_], family: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """The fold of each household, families together and outcomes spread, shape (n,)."""
    from sklearn.model_selection import StratifiedGroupKFold

    deal = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    fold = np.zeros(len(fell_back), dtype=np.int64)
    parts = deal.split(np.zeros((len(fold), 1)), fell_back, family)
    for number, (_, held_out) in enumerate(parts):
        fold[held_out] = number
    return fold


def _unseen(
    name: str,
    past: _Stacked,
    ask: NDArray[np.float64],
    family: NDArray[np.int64],
    folds: NDArray[np.int64],
    names: Sequence[str],
    *,
    seed: int,
) -> NDArray[np.float64]:
    """Scores of the check window by models that learnt from other families."""
    score = np.zeros(len(ask))
    for fold in np.unique(folds):
        held_out = folds == fold
        others = ~np.isin(past.family, family[held_out])
        if not past.fell_back[others].any():
            continue  # nobody to learn from: the fold stays without an order
        model = fitted(name, names, past.values[others], past.fell_back[others], seed=seed)
        score[held_out] = probability(model, ask[held_out])
    return score
