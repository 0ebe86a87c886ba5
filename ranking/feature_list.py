"""The features of the outreach ranking: names, words, direction, scale."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doudi.graph.errors import Lang

LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature.

    Attributes:
        name: Column of the feature table.
        zh: What it says, in Chinese.
        en: The same in English.
        unit: ``yuan``, ``share``, ``ratio``, ``count``, ``people``, ``years`` or ``flag``.
        sign: 1 where more of it means more risk, -1 where less.
        scale: ``log`` where a model sees ``sign(x) * log(1 + |x|)``.
    """

    name: str
    zh: str
    en: str
    unit: str
    sign: int
    scale: str

    def title(self, lang: Lang) -> str:
        """What it says."""
        return self.zh if lang == "zh" else self.en


@cache
def feature_list() -> tuple[Feature, ...]:
    """All features, in the order of the model's columns.

    >>> feature_list()[0].name
    'income_to_line'
    """
    table = tomllib.loads(files("doudi.ranking").joinpath("features.toml").read_text("utf-8"))
    return tuple(Feature(name=name, **entry) for name, entry in table.items())
