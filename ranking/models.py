"""Two models and two plain rules that a model must beat.

All of them give a number a household, higher meaning contact sooner; the models' numbers are
probabilities of falling back within twelve months, the rules' are only an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from doudi.ranking.feature_list import feature_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from doudi.ranking.features import FeatureTable


class Classifier(Protocol):
    """What is used of a scikit-learn classifier."""

    def fit(self, X: Any, y: Any) -> Any:  # noqa: ANN401, N803 - scikit-learn's signature
        """Learn from features, shape (n, n_features), and outcomes, shape (n,)."""

    def predict_proba(self, X: Any) -> Any:  # noqa: ANN401, N803 - scikit-learn's signature
        """Probabilities, shape (n, 2)."""


def logistic(names: Sequence[str], seed: int) -> Classifier:
    """A regularised logistic regression on standardised features, unknown set to the median.

    The penalty is strong because outcomes are few: a county sees some dozens a year.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    del names
    steps: list[tuple[str, Any]] = [
        ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
        ("scale", StandardScaler()),
        ("regress", LogisticRegression(C=0.05, max_iter=2000, random_state=seed)),
    ]
    return cast("Classifier", Pipeline(steps))


def boosting(names: Sequence[str], seed: int) -> Classifier:
    """Small boosted trees that may only follow each feature in its known direction."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    sign = {feature.name: feature.sign for feature in feature_list()}
    settings: dict[str, Any] = {
        "learning_rate": 0.05,
        "max_iter": 80,
        "max_leaf_nodes": 6,
        "min_samples_leaf": 20,
        "l2_regularization": 1.0,
        "monotonic_cst": [sign[name] for name in names],
        "early_stopping": False,
        "random_state": seed,
    }
    return cast("Classifier", HistGradientBoostingClassifier(**settings))


MODELS: dict[str, Callable[[Sequence[str], int], Classifier]] = {
    "logistic": logistic,
    "boosting": boosting,
}


def fitted(
    name: str,
    names: Sequence[str],
    values: NDArray[np.float64],
    fell_back: NDArray[np.bool_],
    *,
    seed: int,
) -> Classifier:
    """A model that has learnt, following every feature only in its known direction.

    Trees are held to it while they grow. The regression is fitted again without the features whose
    coefficient turned out against their sign, until none is left; those keep a coefficient of 0.

    Args:
        name: Which model.
        names: The features, in the order of the columns.
        values: Shape (n_households, n_names), unknown as NaN.
        fell_back: Shape (n_households,).
        seed: Of the model.
    """
    model = MODELS[name](names, seed)
    with one_thread():
        model.fit(values, fell_back)
    steps = getattr(model, "named_steps", None)
    if steps is None:
        return model
    by_name = {feature.name: feature.sign for feature in feature_list()}
    sign = np.array([by_name[each] for each in names])
    used = np.ones(len(names), dtype=bool)
    while (against := used & (steps["regress"].coef_[0] * sign < 0)).any():
        used &= ~against
        # A column of zeros gets a coefficient of 0, and the model keeps all its columns.
        model.fit(np.where(used, values, 0.0), fell_back)
    return model


def probability(model: Classifier, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of falling back, shape (n_households,)."""
    with one_thread():
        return np.asarray(model.predict_proba(values)[:, 1], dtype=float)


def one_thread() -> AbstractContextManager[object]:
    """Keep the trees to one thread.

    A county is some thousand rows: more threads only wait for each other, on a busy machine for
    minutes. It also keeps the sums, and so the list, the same on every machine.
    """
    import threadpoolctl

    limits: AbstractContextManager[object] = threadpoolctl.threadpool_limits(limits=1)
    return limits


def lowest_income(features: FeatureTable) -> NDArray[np.float64]:
    """The rule "lowest ledger income first"; households without a ledger come last."""
    return _known(-features.raw(["income_to_line"])[:, 0])


def highest_self_pay(features: FeatureTable) -> NDArray[np.float64]:
    """The rule "highest self-paid medical share first"; unknown shares come last."""
    return _known(features.raw(["self_pay_share"])[:, 0])


RULES: dict[str, Callable[[FeatureTable], NDArray[np.float64]]] = {
    "lowest_income": lowest_income,
    "highest_self_pay": highest_self_pay,
}


def _known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = values[~np.isnan(values)]
    return np.where(np.isnan(values), known.min() - 1.0 if known.size else 0.0, values)
