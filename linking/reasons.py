"""Why a pair is linked, in words: what was compared and what came out, never the values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.graph.errors import in_lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.graph.errors import Lang, Pair
    from doudi.linking.fields import Field

TITLES: dict[str, Pair] = {
    "name": ("姓名", "name"),
    "birth": ("出生", "birth"),
    "sex": ("性别", "sex"),
    "area": ("地区", "area"),
    "household": ("家庭", "household"),
}
WORDS: dict[str, Pair] = {
    "missing": ("一方缺失", "missing on a side"),
    "different": ("不同", "different"),
    "same": ("相同", "the same"),
    "name.little": ("仅姓氏或少数词相同", "little in common"),
    "name.part": ("部分相同", "a part is the same"),
    "name.most": ("大部分相同", "most is the same"),
    "name.near": ("读音或写法差一处", "one slip in sound or spelling"),
    "name.sounds_same": ("同音或字词次序不同", "sounds the same, or in another order"),
    "birth.near_year": ("年份差一年", "a year apart"),
    "birth.same_year": ("同年，月日不同", "the same year, another day"),
    "birth.only_year": ("同年，一方无月日", "the same year, no day on a side"),
    "birth.slip": ("差一位，或两位或月日颠倒", "one digit differs, or two changed places"),
    "area.region": ("同一大区", "the same region"),
    "area.near": ("相近", "near"),
    "compare.region": ("不同", "different"),
    "compare.near": ("相近", "near"),
    "household.one": ("另有一名成员相符", "one other member agrees"),
    "household.several": ("另有多名成员相符", "several other members agree"),
}
"""Outcomes in words; where a field has none of its own, the plain one."""


def reasons(
    fields: Sequence[Field],
    levels: NDArray[np.uint8],
    shared: NDArray[np.uint8],
    household: Sequence[str],
    lang: Lang,
) -> pa.Array:
    """Sentences of each pair, one for each field, as a list.

    Args:
        fields: What was compared.
        levels: Outcomes, shape (n_fields, n_pairs).
        shared: Outcome of the household.
        household: Names of the household's outcomes; nothing is said of the first.
        lang: Language of the words.
    """
    code = shared.astype(np.int64)
    for field, level in zip(fields, levels, strict=True):
        code = code * len(field.levels) + level
    patterns, place = np.unique(code, return_inverse=True)
    said = [_said(int(pattern), fields, household, lang) for pattern in patterns]
    return pa.array(said, pa.list_(pa.string())).take(pa.array(place.ravel()))


def _said(pattern: int, fields: Sequence[Field], household: Sequence[str], lang: Lang) -> list[str]:
    found: list[str] = []
    for field in reversed(fields):
        pattern, level = divmod(pattern, len(field.levels))
        found.insert(0, _sentence(field.kind, field.title, field.levels[level], lang))
    if pattern:
        found.append(_sentence("household", "household", household[pattern], lang))
    return found


def _sentence(kind: str, title: str, outcome: str, lang: Lang) -> str:
    named = in_lang(TITLES.get(kind, title), lang)
    words = WORDS.get(f"{kind}.{outcome}") or WORDS[outcome]
    return f"{named}{in_lang(('：', ': '), lang)}{in_lang(words, lang)}"
