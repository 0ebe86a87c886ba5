"""Is a feed well? What its deliveries say beside each other, in verdicts with their figures.

A feed is judged by its newest delivery against up to four before it that can be compared: of the
same mode, and of a like number of months. It has moved only where it is far from every one of them,
so that a season is no alarm, and what lasts becomes the new normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import median
from typing import TYPE_CHECKING

from doudi.graph.errors import filled
from doudi.loaders.feeds import feeds as last_days
from doudi.loaders.health import Record, records, stops
from doudi.loaders.sketch import ENOUGH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from doudi.graph.errors import Pair, Said
    from doudi.loaders.health import Stop
    from doudi.loaders.source import Source

CADENCE_DAYS = {
    "daily": 45,
    "weekly": 45,
    "monthly": 75,
    "quarterly": 140,
    "half-yearly": 230,
    "yearly": 400,
}
"""Days after which a feed of a cadence is stale. An office loads once a month, so that even a daily
feed may miss one delivery. What comes on an event or on authorisation is never stale by itself."""

COMPARED = 4
"""Deliveries of before that the newest is set beside."""

SEASONS = 3
"""Deliveries of before without which what is new in a month says nothing: quarters come and go."""

FEW = 20
"""Rows below which neither a feed nor a township is judged by their number."""

FLOOR = 0.01
"""Least share in a stability index: one word that is gone does not make it endless."""

FREEZING = ("missing", "stale", "shrunken", "shifted")
"""Verdicts for which a feed is not relied upon."""

SAID = ("repeated",)
"""Verdicts that are only said: the feed may be well."""

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


@dataclass(frozen=True)
class FeedHealth:
    """A feed as it stands.

    Attributes:
        last: Day as of which the newest delivery was known; None where none came.
        age: Days from then to the end of the as-of month; 0 where it came later.
        newest: The record of that delivery; None for one of an earlier release.
    """

    slug: str
    last: date | None
    age: int | None
    newest: Record | None
    verdicts: tuple[Verdict, ...]

    @property
    def is_sick(self) -> bool:
        """Whether anything is wrong, beside what is only said."""
        return any(verdict.kind not in SAID for verdict in self.verdicts)

    @property
    def is_relied_on(self) -> bool:
        """Whether detectors may rely on it, as far as the feed itself tells."""
        return not any(verdict.kind in FREEZING for verdict in self.verdicts)


def cadence_days(cadence: str) -> int | None:
    """Days after which a feed of a cadence is stale; None where it never is.

    Of two cadences the slower counts; remarks in brackets do not.

    >>> cadence_days("monthly/quarterly"), cadence_days("yearly (Oct-Sep year)")
    (140, 400)
    >>> cadence_days("on authorisation")
    """
    words = cadence.partition("(")[0].split("/")
    known = [CADENCE_DAYS[word.strip()] for word in words if word.strip() in CADENCE_DAYS]
    return max(known, default=None)


def feed_health(
    home: Path,
    declared: Mapping[str, Source],
    needed: Collection[str],
    *,
    as_of_end: date,
    as_known: date | None = None,
    townships: Collection[str] | None = None,
) -> dict[str, FeedHealth]:
    """Every feed that was loaded or is needed, judged.

    Args:
        home: The home folder.
        declared: Sources by slug.
        needed: Slugs without which something does not run.
        as_of_end: First day after the as-of month, at which ages are measured.
        as_known: Last day of knowledge that counts; all knowledge when None.
        townships: Codes of the townships of known households; None takes every township.
    """
    days, stopped = last_days(home, as_known), stops(home, as_known)
    found: dict[str, FeedHealth] = {}
    for slug in sorted({*days, *stopped, *needed} & set(declared)):  # a feed after the other
        known, last = records(home, slug, as_known), days.get(slug)
        verdicts = [
            *_age(declared[slug], last, as_of_end),
            *_stopped(stopped.get(slug), last),
            *_judged(declared[slug], known, townships),
        ]
        age = max(0, (as_of_end - last).days) if last else None
        found[slug] = FeedHealth(slug, last, age, known[-1] if known else None, tuple(verdicts))
    return found


def too_old(age: int, rules: Iterable[str]) -> Verdict:
    """What to say of a feed that is well, but older than some rules allow."""
    names = list(rules)
    return _told("late", "", "late", age=age, rules=("、".join(names), ", ".join(names)))


def _told(kind: str, about: str, which: str, **values: Said | float) -> Verdict:
    return Verdict(kind, about, filled(*VERDICTS[which], **values))


def _age(source: Source, last: date | None, as_of_end: date) -> Iterator[Verdict]:
    if last is None:
        yield _told("missing", "", "missing")
        return
    days = cadence_days(source.cadence)
    age = (as_of_end - last).days
    if days is not None and age > days:
        word = next(
            name for name, limit in CADENCE_DAYS.items() if limit == days and name in source.cadence
        )
        cadence = (CADENCES[word], word)
        yield _told("stale", "", "stale", age=age, days=days, cadence=cadence)


STOPPED_AS = {"shrunk": "shrunken", "few": "shrunken", "unit": "shifted"}
"""What it means for a feed that its newest delivery was stopped; else that it was."""


def _stopped(stop: Stop | None, last: date | None) -> Iterator[Verdict]:
    """A stopped delivery, unless one of its day or later could be used."""
    if stop is not None and (last is None or stop.as_known > last):
        kind = STOPPED_AS.get(stop.which, "stopped")
        yield _told(kind, "", "stopped", batch=stop.batch, told=stop.told)


def _judged(
    source: Source, known: Sequence[Record], townships: Collection[str] | None
) -> Iterator[Verdict]:
    """What the newest delivery says of itself, and beside those before it."""
    if not known:
        return
    now = known[-1]
    for total in now.control:
        if abs(total["expected"] - total["found"]) >= 0.005:  # noqa: PLR2004 - half a fen
            yield _told("control", total["name"], "control", **total)
    yield from _repeated(source, known)
    before = [r for r in known if r.as_known < now.as_known and _alike(r, now)][-COMPARED:]
    is_whole = source.nature == "register" and now.mode == "snapshot"
    if len(before) < (1 if is_whole else SEASONS):
        return
    if now.mode == "snapshot":
        yield from _shrunken(source, now, before)
        yield from _thin(now, before, townships)
    yield from _nulls(source, now, before)
    yield from _words(source, now, before)
    yield from _deciles(source, now, before)


def _months(record: Record) -> int:
    """Months from the first to the last of a delivery, 1 for a register."""
    if not record.sketch.span:
        return 1
    (y, m), (z, n) = (map(int, month.split("-")) for month in record.sketch.span)
    return 12 * (z - y) + n - m + 1


def _alike(one: Record, other: Record) -> bool:
    """Whether two deliveries can be compared: years of history say nothing of a month."""
    short, long = sorted((_months(one), _months(other)))
    return one.mode == other.mode and long <= 2 * short


def _shrunken(source: Source, now: Record, before: Sequence[Record]) -> Iterator[Verdict]:
    fewest = min(record.rows / _months(record) for record in before)
    rows, least = now.rows / _months(now), source.expect.shrink
    if fewest >= FEW and rows < fewest * least:
        which = "shrunken" if source.nature == "register" else "shrunken_monthly"
        yield _told("shrunken", "", which, now=rows, before=fewest, least=least)


def _thin(
    now: Record, before: Sequence[Record], townships: Collection[str] | None
) -> Iterator[Verdict]:
    if not now.sketch.townships:
        return
    always = set.intersection(*(set(record.sketch.townships) for record in before))
    for township in sorted(always - set(now.sketch.townships)):
        usual = median(record.sketch.townships[township] for record in before)
        if usual >= FEW and (townships is None or township in townships):
            yield _told("thin", township, "thin", township=township, before=usual)


def _nulls(source: Source, now: Record, before: Sequence[Record]) -> Iterator[Verdict]:
    limit = source.expect.nulls
    for name, share in now.sketch.nulls.items():
        shares = [
            r.sketch.nulls[name] for r in before if name in r.sketch.nulls and r.rows >= ENOUGH
        ]
        if now.rows < ENOUGH or not shares:
            continue
        if min(abs(share - one) for one in shares) > limit:
            move = {"now": share, "before": median(shares)}
            yield _told("shifted", name, "nulls", column=name, limit=limit, **move)


def _words(source: Source, now: Record, before: Sequence[Record]) -> Iterator[Verdict]:
    limit = source.expect.shift
    for name, shares in now.sketch.shares.items():
        others = [r.sketch.shares[name] for r in before if name in r.sketch.shares]
        if not others:
            continue
        index, nearest = min(((stability(one, shares), one) for one in others), key=lambda x: x[0])
        if index > limit:
            word = max(
                {*shares, *nearest}, key=lambda w: (abs(_of(shares, w) - _of(nearest, w)), w)
            )
            move = {"now": _of(shares, word), "before": _of(nearest, word), "index": index}
            yield _told("shifted", name, "words", column=name, word=word, limit=limit, **move)


def _of(shares: Mapping[str, float], word: str) -> float:
    return shares.get(word, 0.0)


def stability(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """The population stability index of two sets of shares, 0 or more; 0.25 is a marked change.

    The sum over all words of (now - before) * ln(now / before), each share at least ``FLOOR``.
    Source: Siddiqi, Credit Risk Scorecards (2006).

    >>> round(stability({"A": 0.5, "B": 0.5}, {"A": 0.9, "B": 0.1}), 2)
    0.88
    """
    pairs = [
        (max(_of(before, word), FLOOR), max(_of(now, word), FLOOR)) for word in {*before, *now}
    ]
    return sum((new - old) * log(new / old) for old, new in pairs)


def _deciles(source: Source, now: Record, before: Sequence[Record]) -> Iterator[Verdict]:
    limit = source.expect.shift
    for name, places in now.sketch.deciles.items():
        others = [r.sketch.deciles[name] for r in before if name in r.sketch.deciles]
        if not others:
            continue
        index, nearest = min(((moved(one, places), one) for one in others), key=lambda x: x[0])
        if index > limit:
            told = {"before": nearest[4], "now": places[4]}
            yield _told("shifted", name, "deciles", column=name, index=index, limit=limit, **told)


def moved(before: Iterable[float], now: Iterable[float]) -> float:
    """How far deciles moved, 0 to 2: the median of their nine moves, each over the greater of the two.

    >>> round(moved([100.0] * 9, [150.0] * 9), 2), moved([0.0] * 9, [0.0] * 9)
    (0.33, 0.0)
    """
    pairs = zip(before, now, strict=True)
    return median(abs(a - b) / (max(abs(a), abs(b)) or 1.0) for a, b in pairs)


def _repeated(source: Source, known: Sequence[Record]) -> Iterator[Verdict]:
    """The content of an earlier batch under a new name, where every month brings new rows."""
    now, days = known[-1], cadence_days(source.cadence)
    if source.nature == "register" or days is None or days > CADENCE_DAYS["monthly"]:
        return
    for record in known[:-1]:
        is_same = record.sketch.digest == now.sketch.digest and record.batch != now.batch
        if is_same and now.rows >= FEW:
            yield _told("repeated", "", "repeated", batch=record.batch, rows=now.rows)
            return
