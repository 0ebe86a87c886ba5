"""A delivery beside those before it: fewer rows, other values, townships without any.

The newest delivery is set beside up to four before it that can be compared: of the same mode, and of
a like number of months. It has moved only where it is far from every one of them, so that a season
is no alarm, and what lasts becomes the new normal.
"""

from __future__ import annotations

from math import log
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from doudi.loaders.sketch import ENOUGH
from doudi.loaders.verdict import Verdict, told

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from doudi.loaders.health import Record
    from doudi.loaders.source import Source

_Seen = TypeVar("_Seen")

COMPARED = 4
"""Deliveries of before that the newest is set beside."""

SEASONS = 3
"""Deliveries of before without which what is new in a month says nothing: quarters come and go."""

FEW = 20
"""Rows below which neither a feed nor a township is judged by their number."""

FLOOR = 0.01
"""Least share in a stability index: one word that is gone does not make it endless."""


def drifted(
    source: Source, known: Sequence[Record], townships: Collection[str] | None
) -> Iterator[Verdict]:
    """What the newest delivery is beside those before it that can be compared.

    Args:
        source: The declaration.
        known: Records of the deliveries, oldest first; one at least.
        townships: Codes of the townships of known households; None takes every township.
    """
    now = known[-1]
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
        yield told("shrunken", "", which, now=rows, before=fewest, least=least)


def _thin(
    now: Record, before: Sequence[Record], townships: Collection[str] | None
) -> Iterator[Verdict]:
    if not now.sketch.townships:
        return
    always = set.intersection(*(set(record.sketch.townships) for record in before))
    for township in sorted(always - set(now.sketch.townships)):
        usual = median(record.sketch.townships[township] for record in before)
        if usual >= FEW and (townships is None or township in townships):
            yield told("thin", township, "thin", township=township, before=usual)


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
            yield told("shifted", name, "nulls", column=name, limit=limit, **move)


def _least(
    far: Callable[[_Seen, _Seen], float], before: Iterable[_Seen | None], now: _Seen
) -> tuple[float, _Seen]:
    """How far something is from the nearest of before, and that one; itself where none was before."""
    known = [(far(one, now), one) for one in before if one is not None]
    return min(known, key=lambda pair: pair[0], default=(0.0, now))


def _words(source: Source, now: Record, before: Sequence[Record]) -> Iterator[Verdict]:
    limit = source.expect.shift
    for name, shares in now.sketch.shares.items():
        index, nearest = _least(stability, (r.sketch.shares.get(name) for r in before), shares)
        if index > limit:
            word = max(
                {*shares, *nearest}, key=lambda w: (abs(_of(shares, w) - _of(nearest, w)), w)
            )
            move = {"now": _of(shares, word), "before": _of(nearest, word), "index": index}
            yield told("shifted", name, "words", column=name, word=word, limit=limit, **move)


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
        index, nearest = _least(moved, (r.sketch.deciles.get(name) for r in before), places)
        if index > limit:
            move = {"before": nearest[4], "now": places[4]}
            yield told("shifted", name, "deciles", column=name, index=index, limit=limit, **move)


def moved(before: Iterable[float], now: Iterable[float]) -> float:
    """How far deciles moved, 0 to 2: the median of their nine moves, each over the greater of the two.

    >>> round(moved([100.0] * 9, [150.0] * 9), 2), moved([0.0] * 9, [0.0] * 9)
    (0.33, 0.0)
    """
    pairs = zip(before, now, strict=True)
    return median(abs(a - b) / (max(abs(a), abs(b)) or 1.0) for a, b in pairs)
