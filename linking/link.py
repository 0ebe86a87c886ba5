"""Records linked that have no number in common: who is probably one person, and why.

Nothing is read or written here, and no labels are needed: :func:`link` takes tables and gives
tables. How it decides is told in ``docs/linking.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.linking.blocks import apart, candidates, usual_cap
from doudi.linking.check import check_settings, check_table
from doudi.linking.clusters import best_partners, grown
from doudi.linking.fields import ATTRIBUTE, read_people
from doudi.linking.household import LEVELS as SHARED
from doudi.linking.household import household_gain
from doudi.linking.model import compare, learn, settle_prior, weigh
from doudi.linking.reasons import reasons
from doudi.linking.settings import KINDS, LINKED, POSSIBLE, LinkSettings
from doudi.linking.text import Coded, coded, tidy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from doudi.graph.errors import Pair
    from doudi.linking.fields import People
    from doudi.linking.model import Outcomes

__all__ = ["LINKED", "POSSIBLE", "LinkSettings", "Linked", "link"]

UNSUPPORTED = 0.94
"""A pair that agrees on nothing but name, sex and area is never surer than this, unless the name is
rare and the area is an address: …"""
FEW = 50
"""… so many rows or fewer have either, …"""
AREA_CODE = r"^\d{6,}$"
"""… and the area is no code of an administrative one."""


class Relation(Protocol):
    """What DuckDB calls a relation."""

    def to_arrow_table(self) -> pa.Table:
        """Its rows."""


@dataclass(frozen=True)
class Linked:
    """What was found.

    Attributes:
        pairs: ``left_id``, ``right_id``, ``probability`` (0.5 to 1), ``grade`` (``linked`` or
            ``possible``), ``reasons`` (in the language asked for), ``reasons_zh``, ``reasons_en``;
            the surest first.
        clusters: ``id`` and ``cluster``, one row a record; with two tables ``side`` too.
        compared: Pairs that were looked at.
    """

    pairs: pa.Table
    clusters: pa.Table
    compared: int


@dataclass(frozen=True)
class _Sides:
    """Both tables in an order that no order of rows shows in."""

    left: pa.Table
    right: pa.Table | None

    def column(self, names: str) -> pa.ChunkedArray:
        """A column of both sides, the left one first; several are joined by a space."""
        tables = [self.left] + ([self.right] if self.right else [])
        return pa.chunked_array([_joined(table, names) for table in tables])


@dataclass(frozen=True)
class _Found:
    """Pairs that may be one person, and what they were judged by."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    odds: NDArray[np.float32]
    levels: NDArray[np.uint8]
    shared: NDArray[np.uint8]

    def only(self, at: NDArray[np.integer] | NDArray[np.bool_]) -> _Found:
        """Some of them."""
        return _Found(
            self.left[at], self.right[at], self.odds[at], self.levels[:, at], self.shared[at]
        )


def link(
    left: pa.Table | Relation,
    right: pa.Table | Relation | None = None,
    *,
    settings: LinkSettings,
    progress: Callable[[Pair], object] = lambda _: None,
) -> Linked:
    """Pairs and clusters of the records that are probably one person's.

    Args:
        left: Records with an identifier; a table of Arrow or a relation of DuckDB.
        right: Records of another register with the same columns; without them duplicates are
            looked for among the left ones.
        settings: Which column means what.
        progress: Called with what is being done.

    Returns:
        The same for the same rows in any order.

    Raises:
        UnknownName: if a column is not there.
        UsageError: if the settings name nothing to compare.
        LinkError: if identifiers are missing or stand twice, or there are no rows.
    """
    check_settings(settings, two=right is not None)
    sides = _Sides(_ordered(left, settings, "left"), _ordered(right, settings, "right"))
    progress(("整理各列", "reading the columns"))
    people = read_people(_mapped(sides, settings), left=sides.left.num_rows)
    found = _compared(people, sides, settings, progress)
    progress(("归并记录", "joining records"))
    limit = _log_odds(POSSIBLE)
    likely = found.only(found.odds >= limit)
    if settings.one_to_one:
        likely = likely.only(best_partners(likely.left, likely.right, likely.odds))
        found = likely
    label = grown(found.left, found.right, found.odds, people.many, linked=_log_odds(LINKED))
    pairs = _pairs(likely, people, sides, settings)
    return Linked(pairs, _clusters(label, sides, settings), len(found.left))


def _log_odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def _ordered(
    given: pa.Table | Relation | None, settings: LinkSettings, side: str
) -> pa.Table | None:
    """The columns that are used, in order of identifier."""
    if given is None:
        return None
    table = given if isinstance(given, pa.Table) else given.to_arrow_table()
    check_table(table, settings, side)
    table = table.select(list(dict.fromkeys([settings.id, *settings.columns])))
    return table.take(pc.sort_indices(table[settings.id]))


def _joined(table: pa.Table, names: str) -> pa.Array:
    """One column, or several as one text."""
    parts = names.split("+")
    if len(parts) == 1:
        column = table[names]
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    texts = [pc.fill_null(tidy(table[part]), "") for part in parts]
    return pc.binary_join_element_wise(*texts, " ")


def _mapped(sides: _Sides, settings: LinkSettings) -> dict[str, pa.ChunkedArray]:
    told = {kind: getattr(settings, kind) for kind in KINDS if kind != "household"}
    columns = {kind: sides.column(names) for kind, names in told.items() if names}
    return columns | {f"{ATTRIBUTE}{names}": sides.column(names) for names in settings.compare}


def _compared(
    people: People, sides: _Sides, settings: LinkSettings, progress: Callable[[Pair], object]
) -> _Found:
    """All pairs that share a key, weighed."""
    progress(("学习各列的权重", "learning what each column tells"))
    weights = learn(people)
    progress(("比较记录", "comparing records"))
    pairs = candidates(people, cap=usual_cap(people.many))
    left, right = apart(pairs, people)
    outcomes = compare(people, left, right)
    weight = weigh(weights, outcomes)
    odds = weight + np.float32(settle_prior(weight, people))
    shared = np.zeros(len(left), np.uint8)
    if settings.household:
        household = coded(tidy(sides.column(settings.household))).codes
        gain = household_gain(left, right, odds, household)
        odds, shared = odds + gain.weight, gain.level
    alone = ~_supported(people, outcomes, shared)
    odds[alone] = np.minimum(odds[alone], _log_odds(UNSUPPORTED))
    return _Found(left, right, odds, outcomes.levels, shared)


def _supported(people: People, outcomes: Outcomes, shared: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether anything agrees but name, sex and area, or the last says as much."""
    found = shared > 0
    for field, level in zip(people.fields, outcomes.levels, strict=True):
        if field.kind == "birth":
            found |= level >= field.levels.index("only_year")
        elif field.kind == "compare":
            found |= level >= field.levels.index("near")
        elif people.area and field.kind == "area":
            is_same = level == field.levels.index("same")
            is_fine = _addresses(people.area)[people.area.codes[outcomes.left]]
            rare = _rare_names(people)
            found |= is_same & is_fine & rare[outcomes.left] & rare[outcomes.right]
    return found


def _rare_names(people: People) -> NDArray[np.bool_]:
    """Of each row whether it has a name, and few have one that sounds like it."""
    if not people.names:
        return np.zeros(people.many, bool)
    sounds, codes = people.names.sound_codes, people.names.coded.codes
    is_rare = (sounds.counts <= FEW)[sounds.codes]
    return np.append(is_rare, False)[codes]


def _addresses(areas: Coded) -> NDArray[np.bool_]:
    """Of each area whether it is as small as an address."""
    codes = pc.match_substring_regex(pa.array(areas.values, pa.string()), AREA_CODE)
    is_code = codes.to_numpy(zero_copy_only=False).astype(bool)
    return np.append((areas.counts <= FEW) & ~is_code, False)


def _pairs(likely: _Found, people: People, sides: _Sides, settings: LinkSettings) -> pa.Table:
    likely = likely.only(np.lexsort((likely.right, likely.left, -likely.odds)))
    probability = 1 / (1 + np.exp(-likely.odds.astype(np.float64)))
    grade = np.where(probability >= LINKED, "linked", "possible")
    other = sides.left if sides.right is None else sides.right
    behind = 0 if sides.right is None else people.left
    told = {
        lang: reasons(people.fields, likely.levels, likely.shared, SHARED, lang)
        for lang in ("zh", "en")
    }
    return pa.table(
        {
            "left_id": sides.left[settings.id].take(pa.array(likely.left)),
            "right_id": other[settings.id].take(pa.array(likely.right - behind)),
            "probability": probability,
            "grade": pa.array(grade.tolist(), pa.string()),
            "reasons": told[settings.lang],
            "reasons_zh": told["zh"],
            "reasons_en": told["en"],
        }
    )


def _clusters(label: NDArray[np.int32], sides: _Sides, settings: LinkSettings) -> pa.Table:
    """Every record and the smallest identifier of its cluster; of two sides the left one's."""
    ids = sides.left[settings.id]
    if sides.right is None:
        return pa.table({"id": ids, "cluster": ids.take(pa.array(label))})
    counts = [sides.left.num_rows, sides.right.num_rows]
    side = pa.array(np.repeat(["left", "right"], counts).tolist(), pa.string())
    both = [ids, sides.right[settings.id]]
    if both[0].type != both[1].type:
        both = [pc.cast(one, pa.string()) for one in both]
    all_ids = pa.chunked_array([chunk for one in both for chunk in one.chunks])
    named = pc.binary_join_element_wise(side, pc.cast(all_ids, pa.string()), ":")
    return pa.table({"side": side, "id": all_ids, "cluster": named.take(pa.array(label))})
