"""Three plain reasons for each household, and what is not known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.ranking.feature_list import LANGS, Feature, feature_list
from doudi.ranking.models import probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.graph.errors import Lang
    from doudi.ranking.features import FeatureTable
    from doudi.ranking.models import Classifier

REASONS = 3
LEAST = 0.01
"""Log odds below which a feature is no reason."""
_UNIT = {
    "zh": {"yuan": " 元", "count": " 次", "people": " 人", "years": " 年"},
    "en": {"yuan": " CNY", "years": " years"},
}
_NONE: dict[Lang, str] = {"zh": "没有其他突出的风险因素", "en": "no other risk stands out"}
_LACKS = {
    "no_ledger": ("没有收入台账", "no income ledger"),
    "no_age": ("有成员出生日期不详", "a member's date of birth is unknown"),
    "no_kin": ("没有登记的近亲", "no near kin on record"),
}


def contributions(
    model: Classifier, features: FeatureTable, names: Sequence[str]
) -> NDArray[np.float64]:
    """How much each feature raises a household's score, shape (n_households, n_names).

    Unit: log odds. For the logistic model the coefficient times the standardised value; for trees
    the change when the feature is set to the median of all households. Both are against an
    average household, so that what everybody has explains nothing.
    """
    values = features.matrix(names)
    steps = getattr(model, "named_steps", None)
    if steps is not None:
        standard = steps["scale"].transform(steps["impute"].transform(values))
        return np.asarray(standard * steps["regress"].coef_[0], dtype=float)
    return _by_ablation(model, values)


def _by_ablation(model: Classifier, values: NDArray[np.float64]) -> NDArray[np.float64]:
    base = _log_odds(probability(model, values))
    result = np.zeros_like(values)
    for column in range(values.shape[1]):  # one prediction a feature, each over all households
        known = values[~np.isnan(values[:, column]), column]
        if known.size:
            usual = values.copy()
            usual[:, column] = np.median(known)
            result[:, column] = base - _log_odds(probability(model, usual))
    return result


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    safe = np.clip(share, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)), dtype=float)


def reasons(
    model: Classifier, features: FeatureTable, names: Sequence[str]
) -> dict[Lang, list[list[str]]]:
    """Three sentences a household, the strongest first, in each language.

    A sentence says the value, and the median of all households beside it. Only what is worse than
    that median is a reason. Where fewer than three features are, the rest say so: a household
    that stands low on the list has no reasons to be made up.
    """
    parts = contributions(model, features, names)
    raw = features.raw(names)
    by_name = {feature.name: feature for feature in feature_list()}
    chosen = [by_name[name] for name in names]
    sign = np.array([feature.sign for feature in chosen])
    middle = np.array([_median(column) for column in raw.T])
    worse = (raw - middle) * sign > 0
    parts = np.where(worse & (parts > LEAST), parts, -np.inf)
    best = np.argsort(-parts, axis=1, kind="stable")[:, :REASONS]

    def sentence(row: int, column: int, lang: Lang) -> str:
        if np.isinf(parts[row, column]):
            return _NONE[lang]
        return _sentence(chosen[column], raw[row, column], middle[column], lang)

    def told(row: int, lang: Lang) -> list[str]:
        texts = [sentence(row, column, lang) for column in best[row]]
        return (texts + [_NONE[lang]] * REASONS)[:REASONS]

    # A sentence of words is made for each household; there is no vector form of prose.
    return {lang: [told(row, lang) for row in range(len(raw))] for lang in LANGS}


def _median(column: NDArray[np.float64]) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if known.size else float("nan")


def _sentence(feature: Feature, value: float, middle: float, lang: Lang) -> str:
    title = feature.title(lang)
    if feature.unit == "flag":
        yes = "是" if lang == "zh" else "yes"
        no = "否" if lang == "zh" else "no"
        return (
            f"{title}：{yes if value else no}"
            if lang == "zh"
            else f"{title}: {yes if value else no}"
        )
    shown, usual = (_number(number, feature.unit, lang) for number in (value, middle))
    if lang == "zh":
        return f"{title}：{shown}（各户中位数 {usual}）"
    return f"{title}: {shown} (median household {usual})"


def _number(value: float, unit: str, lang: Lang) -> str:
    if unit == "share":
        return f"{value:.0%}"
    if unit == "ratio":
        return f"{value:.2f}"
    text = f"{value:,.1f}" if unit == "years" else f"{value:,.0f}"
    return text + _UNIT[lang].get(unit, "")


def lacking(features: FeatureTable) -> dict[Lang, list[list[str]]]:
    """What is not known of each household, in the words of each language; empty where all is."""
    flags = np.column_stack([features.column(name) for name in _LACKS]).tolist()
    return {lang: [_gaps(row, place) for row in flags] for place, lang in enumerate(LANGS)}


def _gaps(flags: list[bool], place: int) -> list[str]:
    return [words[place] for words, lacks in zip(_LACKS.values(), flags, strict=True) if lacks]
