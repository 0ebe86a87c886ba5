from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from doudi.ranking.choose import family_folds, merit
from doudi.ranking.evaluate import Field, Measures, measure
from doudi.ranking.messages import Findings, messages
from doudi.ranking.models import fitted

PLAIN = Measures(0.2, 0.1, 0.3, 0.5, 2.0, 0.2, 0.7, 40, 8, 16, 200, 4)


def _findings(auc: float = 0.7, lowest_income: float = 0.1) -> Findings:
    return Findings(
        chosen="logistic",
        measures={
            "logistic": replace(PLAIN, auc=auc),
            "boosting": PLAIN,
            "lowest_income": replace(PLAIN, precision_at_capacity=lowest_income),
            "highest_self_pay": replace(PLAIN, precision_at_capacity=0.1),
        },
        silent=("stays",),
        largest_family=0.1,
        late=(10, 1),
        history=True,
        listed=40,
        households=200,
    )


def _field(capacity: int = 2) -> Field:
    return Field(
        fell_back=np.array([True, False, True, False, False, False]),
        township=np.array(["a", "a", "a", "b", "b", "b"]),
        family=np.arange(6),
        names=np.array(list("uvwxyz")),
        capacity={"a": capacity, "b": capacity},
    )


def test_precision_is_the_mean_over_townships() -> None:
    found = measure(_field(), np.array([3.0, 2, 1, 3, 2, 1]), seed=0)
    assert (found.precision_at_capacity, found.visited, found.found) == (0.25, 4, 1)
    assert (found.recall_at_capacity, found.outcomes, found.households) == (0.5, 2, 6)
    assert found.lift == pytest.approx(0.25 / (2 / 6))
    assert found.low <= 0.25 <= found.high


def test_families_stay_in_one_fold() -> None:
    rng = np.random.default_rng(0)
    family = rng.integers(0, 60, 300)
    folds = family_folds(rng.random(300) < 0.2, family, 0)
    assert all(len(set(folds[family == one])) == 1 for one in range(60))
    assert len(set(folds.tolist())) == 5


def test_feature_that_points_the_wrong_way_is_not_followed() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(400, 2))
    fell = rng.random(400) < 1 / (1 + np.exp(2 - values[:, 0] + values[:, 1]))
    model = fitted("logistic", ["new_severe", "stays"], values, fell, seed=0)
    weights = model.named_steps["regress"].coef_[0]  # type: ignore[attr-defined]  # a pipeline
    assert weights[0] > 0
    assert weights[1] == 0


@pytest.mark.parametrize(
    ("rule", "said"), [(0.19, ""), (0.3, "within chance"), (0.31, "beyond chance")]
)
def test_rule_that_beats_the_model_is_told(rule: float, said: str) -> None:
    told = " ".join(messages(_findings(lowest_income=rule), "en"))
    assert all((word in told) is (word == said) for word in ("within chance", "beyond chance"))


def test_best_order_counts_only_where_capacity_is_scarce() -> None:
    scarce, ample = PLAIN, replace(PLAIN, visited=101)
    assert merit(scarce) == (0.2, 0.2)
    assert merit(ample) == (0.0, 0.2)


@pytest.mark.parametrize(("auc", "warned"), [(0.95, False), (0.951, True)])
def test_auc_that_is_too_good_warns_of_a_leak(auc: float, *, warned: bool) -> None:
    findings = _findings(auc=auc)
    for lang, word in (("zh", "泄漏"), ("en", "leaks the outcome")):
        told = " ".join(messages(findings, lang))  # type: ignore[arg-type]  # both are languages
        assert (word in told) is warned
