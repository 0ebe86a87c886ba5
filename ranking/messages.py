"""What the reader of a ranking must know, in Chinese or English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.ranking.feature_list import feature_list
from doudi.ranking.models import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from doudi.graph.errors import Lang
    from doudi.ranking.evaluate import Measures

TOO_GOOD = 0.95
"""An AUC above this is more likely a leak of the answer than a good model."""
BIG_FAMILY = 0.3


@dataclass(frozen=True)
class Findings:
    """What came up while ranking.

    Attributes:
        chosen: Name of the chosen model.
        measures: Of all models and rules, by name.
        silent: Features left out because they are constant or unknown in a window.
        largest_family: Share of households in the largest family, 0 to 1.
        late: Facts that came after the first delivery, and those of them that were late.
        history: Whether learning rests on history that came at once with the first delivery.
        listed: Households to be visited.
        households: All eligible households.
    """

    chosen: str
    measures: Mapping[str, Measures]
    silent: tuple[str, ...]
    largest_family: float
    late: tuple[int, int]
    history: bool
    listed: int
    households: int


def messages(findings: Findings, lang: Lang) -> tuple[str, ...]:
    """One sentence a finding."""
    place = 0 if lang == "zh" else 1
    return tuple(pair[place] for pair in _pairs(findings, lang))


def _pairs(findings: Findings, lang: Lang) -> Iterator[tuple[str, str]]:
    best = findings.measures[findings.chosen]
    yield (
        (
            f"检验期内每镇按能力上门，命中率 {best.precision_at_capacity:.1%}"
            f"（90% 区间 {best.low:.1%} 至 {best.high:.1%}；{best.visited} 户中 {best.found} 户返贫）"
        ),
        (
            f"within capacity {best.precision_at_capacity:.1%} of visits found a household that fell "
            f"back (90 % interval {best.low:.1%} to {best.high:.1%}; {best.found} of {best.visited})"
        ),
    )
    yield from _against_rules(findings, best)
    for name, found in findings.measures.items():
        if found.auc is not None and found.auc > TOO_GOOD:
            yield (
                f"{name} 的 AUC 为 {found.auc:.3f}，高于 {TOO_GOOD}：请先查特征是否泄漏了结果",
                (
                    f"the AUC of {name} is {found.auc:.3f}, over {TOO_GOOD}: look for a feature that "
                    "leaks the outcome first"
                ),
            )
    if findings.silent:
        words = [f.title(lang) for f in feature_list() if f.name in findings.silent]
        yield (
            f"未使用的特征（全部相同或未知）：{'、'.join(words)}",
            f"features not used, being constant or unknown: {', '.join(words)}",
        )
    yield from _caveats(findings, best)


def _against_rules(findings: Findings, best: Measures) -> Iterator[tuple[str, str]]:
    for name in RULES:
        rule = findings.measures[name].precision_at_capacity
        if rule > best.high:
            yield (
                f"简单规则 {name} 明显好于模型（命中率 {rule:.1%}，高于模型区间）：请先按规则上门",
                (
                    f"the plain rule {name} is better than the model beyond chance ({rule:.1%}): "
                    "visit by the rule first"
                ),
            )
        elif rule >= best.precision_at_capacity:
            yield (
                f"模型没有胜过简单规则 {name}（{rule:.1%}，差距在误差之内）",
                f"the model does not beat the plain rule {name} ({rule:.1%}, within chance)",
            )
    if best.visited > best.households / 2:
        yield (
            "能力超过检验期户数的一半，命中率难以区分排序好坏",
            (
                "capacity covers more than half of the households: the share found hardly tells "
                "a good order from a bad one"
            ),
        )


def _caveats(findings: Findings, best: Measures) -> Iterator[tuple[str, str]]:
    if findings.largest_family > BIG_FAMILY:
        yield (
            f"最大的亲属群占全部户数的 {findings.largest_family:.0%}，亲属难以分开检验",
            (
                f"one family holds {findings.largest_family:.0%} of the households: relatives cannot "
                "well be kept apart in the check"
            ),
        )
    if findings.history:
        came, late = findings.late
        yield (
            (
                f"学习所用历史是首批数据一次带来的，不知当时何日得知，检验结果偏乐观；"
                f"其后各批 {came} 条记录中有 {late} 条为迟报"
            ),
            (
                "the history learnt from came at once with the first delivery, without the day on "
                f"which each fact was known: the check is somewhat kind. Of {came} facts that came "
                f"later, {late} came late"
            ),
        )
    if best.outcomes < 50:  # noqa: PLR2004 - said in the sentence
        yield (
            f"检验期内只有 {best.outcomes} 户返贫，数字很不稳定",
            f"only {best.outcomes} households fell back in the check: every figure is unsteady",
        )
    yield (
        "标签只在有人查看的地方才有；随机上门的一成用来纠正这一点",
        "outcomes are known only where somebody looked; the tenth drawn at random corrects that",
    )
