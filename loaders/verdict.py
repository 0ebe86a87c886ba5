"""One thing that may be wrong with a feed, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.errors import filled

if TYPE_CHECKING:
    from doudi.graph.errors import Pair, Said

NAMES: dict[str, Pair] = {
    "missing": ("未报送", "missing"),
    "stale": ("过期", "stale"),
    "late": ("过旧", "too old"),
    "shrunken": ("骤减", "shrunken"),
    "shifted": ("异动", "shifted"),
    "stopped": ("被拒收", "stopped"),
    "thin": ("覆盖不足", "thin coverage"),
    "control": ("控制数不符", "control totals"),
    "repeated": ("内容重复", "repeated"),
}
VERDICTS: dict[str, Pair] = {
    "missing": ("从未报送", "never came"),
    "stale": (
        "最近一次报送距截至月末 {age} 天，{cadence}报送的数据最多 {days} 天",
        "the last delivery is {age} days old at the end of the month, at most {days} for a {cadence} feed",
    ),
    "late": (
        "最近一次报送距截至月末 {age} 天，{rules} 要求更近",
        "the last delivery is {age} days old at the end of the month, {rules} need a newer one",
    ),
    "shrunken": (
        "{now:,.0f} 行，此前为 {before:,.0f} 行，不足 {least:.0%}",
        "{now:,.0f} rows, {before:,.0f} before: less than {least:.0%}",
    ),
    "shrunken_monthly": (
        "每月 {now:,.0f} 行，此前为 {before:,.0f} 行，不足 {least:.0%}",
        "{now:,.0f} rows a month, {before:,.0f} before: less than {least:.0%}",
    ),
    "stopped": ("批次 {batch} 被拒收：{told}", "delivery {batch} was stopped: {told}"),
    "nulls": (
        "列 {column}：空值占 {now:.0%}，此前为 {before:.0%}，变动超过 {limit:.0%}",
        "column {column}: {now:.0%} without a value, {before:.0%} before, over {limit:.0%} apart",
    ),
    "words": (
        "列 {column}：类别构成的稳定性指数 PSI 为 {index:.2f}，超过 {limit:.2f}；“{word}”由 {before:.0%} 变为 {now:.0%}",
        "column {column}: stability index (PSI) {index:.2f}, over {limit:.2f}; {word!r} went from {before:.0%} to {now:.0%}",
    ),
    "deciles": (
        "列 {column}：各十分位数变动 {index:.0%}，超过 {limit:.0%}；中位数由 {before:,.2f} 变为 {now:,.2f}",
        "column {column}: its deciles moved by {index:.0%}, over {limit:.0%}; the median went from {before:,.2f} to {now:,.2f}",
    ),
    "thin": (
        "乡镇 {township}：没有数据，此前每次约 {before:,.0f} 行",
        "township {township}: no rows, about {before:,.0f} each time before",
    ),
    "control": (
        "控制数 {name} 应为 {expected:,.2f}，实为 {found:,.2f}",
        "control total {name} should be {expected:,.2f}, is {found:,.2f}",
    ),
    "repeated": (
        "与批次 {batch} 的内容完全相同（{rows:,} 行）",
        "the same content as delivery {batch} ({rows:,} rows)",
    ),
}  # fmt: skip  # sentences beside each other
"""What a verdict says, in Chinese and English."""

CADENCES: dict[str, str] = {
    "daily": "按日", "weekly": "按周", "monthly": "按月", "quarterly": "按季", "half-yearly": "按半年",
    "yearly": "按年",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """One thing that is wrong with a feed, or worth saying.

    Attributes:
        kind: A key of ``NAMES``.
        about: The column or township it names; empty where it is about the whole feed.
        told: The sentence, with its figures.
    """

    kind: str
    about: str
    told: Pair


def told(kind: str, about: str, which: str, **values: Said | float) -> Verdict:
    """A verdict with its sentence, a key of ``VERDICTS``, and the figures in it."""
    return Verdict(kind, about, filled(*VERDICTS[which], **values))
