"""Names as they are compared: Chinese ones by characters and by sound, others by their words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.linking.text import MISSING, Coded, coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.linking.text import Rows

HAN = "[㐀-鿿\U00020000-\U0003ffff]"
WORDS = 6
"""At most so many words of a name are compared; of longer ones the rarest."""

_OLD = "峯羣啓髙濶淸靑黃呂呉吳劉張陳楊趙孫馬鄭謝許馮韓鄧蕭葉蘇盧蔣賈鄒譚陸範鐘鍾龍萬錢湯賴龔華國偉麗強軍傑紅蘭鳳蓮貴寶慶興榮輝銘鋒銀鐵鎮愛東義賢順時曉暉峻覺業蘊嬌娟瓊瑩勝勳勁齊齡"
_NEW = "峰群启高阔清青黄吕吴吴刘张陈杨赵孙马郑谢许冯韩邓萧叶苏卢蒋贾邹谭陆范钟钟龙万钱汤赖龚华国伟丽强军杰红兰凤莲贵宝庆兴荣辉铭锋银铁镇爱东义贤顺时晓晖峻觉业蕴娇娟琼莹胜勋劲齐龄"
_VARIANTS = {ord(old): new for old, new in zip(_OLD, _NEW, strict=True)} | {ord("喆"): "吉吉"}
"""Forms of one character, and one that registers often write as two."""

_SURNAMES = {"单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "朴": "piao",
             "盖": "ge", "区": "ou", "翟": "zhai", "尉": "wei", "缪": "miao", "乐": "yue",
             "召": "shao", "任": "ren", "华": "hua", "纪": "ji", "葛": "ge", "冼": "xian"}  # fmt: skip
"""How a character is read as a surname, where it has other readings."""

COMPOUND = 2
_COMPOUND = frozenset(
    (
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "夏侯",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
    )
)

_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@dataclass(frozen=True)
class Names:
    """Distinct names, and what they are compared by.

    Attributes:
        coded: The names as compared: one case, no marks, Chinese ones without spaces and dots.
        is_han: Of each distinct name whether it has a Chinese character.
        sounds: Of each Chinese name its sound, syllables without tones in one text, with what
            dialects confuse (zh and z, n and l, ng and n) written alike; empty for others.
        given: Of each Chinese name the sound of what stands behind the surname; None for others.
        words: Of each name the places of its words in ``vocabulary``, shape (n_names, WORDS),
            ``MISSING`` behind the last. A Chinese name's words are its syllables.
        vocabulary: Distinct words, with the rows that have each.
    """

    coded: Coded
    is_han: NDArray[np.bool_]
    sounds: list[str]
    given: list[str | None]
    words: Rows
    vocabulary: Coded

    @cached_property
    def sound_codes(self) -> Coded:
        """The sounds of the distinct names, counted in rows; for others the sorted words."""
        plain = [
            sound or " ".join(sorted(name.split()))
            for sound, name in zip(self.sounds, self.coded.values, strict=True)
        ]
        found = coded(pa.array(plain, pa.string()))
        counts = np.bincount(found.codes, self.coded.counts, len(found.values))
        return Coded(found.codes, found.values, counts.astype(np.int64))


def read_names(column: pa.Array) -> Names:
    """Names of all rows, from tidied texts."""
    found = coded(_plain(column))
    values = pa.array(found.values, pa.string())
    is_han = pc.match_substring_regex(values, HAN).to_numpy(zero_copy_only=False).astype(bool)
    heard = [  # once for each distinct name
        read_aloud(name) if han else [] for name, han in zip(found.values, is_han, strict=True)
    ]
    folded = [tuple(map(_folded, syllables)) for syllables in heard]
    split = [told or tuple(name.split()) for told, name in zip(folded, found.values, strict=True)]
    words, vocabulary = _words(split, found.counts)
    given = [
        "".join(syllables[surname_length(name) :]) or None
        for syllables, name in zip(heard, found.values, strict=True)
    ]
    return Names(found, is_han, ["".join(told) for told in folded], given, words, vocabulary)


def _plain(texts: pa.Array) -> pa.Array:
    """Names without marks; Chinese ones in one form of each character, without spaces and dots."""
    whole = pc.dictionary_encode(texts)
    bare = pc.utf8_normalize(whole.dictionary, form="NFKD")
    bare = pc.utf8_normalize(pc.replace_substring_regex(bare, r"\p{Mn}", ""), form="NFC")
    joined = pc.replace_substring_regex(bare, r"[\s\p{P}\p{S}]", "")
    spaced = pc.replace_substring_regex(bare, r"['’`]", "")
    spaced = pc.replace_substring_regex(spaced, r"[^\p{L}\p{N}]+", " ")
    is_han = pc.match_substring_regex(bare, HAN)
    plain = pc.utf8_trim_whitespace(pc.if_else(is_han, joined, spaced))
    one_form = [text.translate(_VARIANTS) or None for text in plain.to_pylist()]
    return pa.array(one_form, pa.string()).take(whole.indices)


def read_aloud(name: str) -> list[str]:
    """The syllables of a Chinese name, without tones.

    >>> read_aloud("单喜顺"), read_aloud("章伟") == read_aloud("张伟")
    (['shan', 'xi', 'shun'], True)
    """
    first = _SURNAMES.get(name[0])
    heard = [_syllable(character) for character in name]
    return [first, *heard[1:]] if first else heard


@lru_cache(maxsize=60_000)
def _syllable(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(character, style=Style.NORMAL)[0]


@lru_cache(maxsize=2_000)
def _folded(syllable: str) -> str:
    """A syllable as people who confuse its sounds would write it."""
    for fine, plain in _FOLDS:
        if syllable.startswith(fine):
            syllable = plain + syllable[2:]
    if syllable.startswith("n"):
        syllable = "l" + syllable[1:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


def surname_length(name: str) -> int:
    """Characters of a Chinese surname."""
    is_compound = name[:COMPOUND] in _COMPOUND and name not in _COMPOUND
    return COMPOUND if is_compound else 1


def _words(split: Sequence[tuple[str, ...]], counts: NDArray[np.int64]) -> tuple[Rows, Coded]:
    """Words of each name in the order of the name, the rarest of them where there are too many."""
    lengths = np.fromiter(map(len, split), np.int64, len(split))
    flat = coded(pa.array([word for words in split for word in words], pa.string()))
    owner = np.repeat(np.arange(len(split)), lengths)
    in_rows = np.bincount(flat.codes, counts[owner], len(flat.values)).astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    nth = np.arange(len(owner)) - starts[owner]
    order = np.lexsort((nth, in_rows[flat.codes], owner))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - starts[owner[order]]
    table = np.full((len(split), WORDS), MISSING, np.int32)
    kept = rank < WORDS
    table[owner[kept], rank[kept]] = flat.codes[kept]
    return table, Coded(flat.codes, flat.values, in_rows)
