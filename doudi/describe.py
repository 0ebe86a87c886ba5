"""``doudi synth describe``: a synthetic county beside the published figures, as a page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from doudi.graph.errors import HomeError
from doudi.pictures import templates

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.errors import Lang
    from doudi.synth.marginals import Marginal

WIDTH = 220
"""Points of a strip from its least to its largest value."""
AGES = range(0, 95, 5)
SIZES = 6
PUBLISHED_SIZES = (0.45, 0.30, 0.15, 0.10, 0.0, 0.0)
"""低保 households by members, four and more together: the domain model's mixture."""


@dataclass(frozen=True)
class Strip:
    """One figure on its strip: where bounds, published value and county lie, in points."""

    figure: Marginal
    low: float
    high: float
    published: float
    county: float


@dataclass(frozen=True)
class Bar:
    """One bar of a picture: its words and its parts, as shares of the longest."""

    title: str
    parts: tuple[float, ...]
    told: str


def describe(county: Path, out: Path, lang: Lang) -> dict[str, Any]:
    """Write the page, and say which figures lie outside their bounds.

    Args:
        county: A folder that ``doudi synth`` wrote.
        out: The page to write.
        lang: Language of the page.

    Raises:
        UsageError: if there is no whole county in the folder.
        HomeError: if the page cannot be written.
    """
    from doudi.synth.marginals import marginals, opened

    found = marginals(county)
    with opened(county) as con:
        about = con.execute("FROM county").df().iloc[0].to_dict()
        pyramid = _pyramid(con.execute("SELECT age, male FROM folk WHERE age >= 0").df())
        sizes = _sizes(con.execute("SELECT size FROM homes").df()["size"])
    page = templates().get_template("county.html")
    content = page.render(
        lang=lang,
        zh=lang == "zh",
        about=about,
        strips=[_strip(figure) for figure in found],
        pyramid=pyramid,
        sizes=sizes,
        planted=_planted(pd.read_parquet(county / "truth" / "cases.parquet")),
        width=WIDTH,
    )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(content, "utf-8")
    except OSError as error:
        raise HomeError.unwritten(error, str(out)) from error
    outside = [figure.of.id for figure in found if not figure.within]
    return {
        "stage": "synth describe",
        "ok": True,
        "exit_code": 0,
        "outputs": {"page": str(out)},
        "figures": {figure.of.id: figure.value for figure in found},
        "outside": outside,
    }


def _strip(figure: Marginal) -> Strip:
    """Places on a strip that holds bounds and county with some room."""
    values = [figure.of.low, figure.of.high, figure.of.published, figure.value]
    known = [value for value in values if not math.isnan(value)]
    least, span = min(known), (max(known) - min(known)) or 1.0
    at = [WIDTH * (0.08 + 0.84 * (value - least) / span) for value in values]
    return Strip(figure, low=at[0], high=at[1], published=at[2], county=at[3])


def _pyramid(people: pd.DataFrame) -> list[Bar]:
    """Men and women by five years of age, the oldest first."""
    band = (people["age"] // 5 * 5).clip(upper=AGES[-1]).astype(int)
    counts = pd.crosstab(band, people["male"])
    counts = counts.reindex(index=list(AGES), columns=[True, False], fill_value=0)
    most = counts.to_numpy().max() or 1
    return [
        Bar(f"{age}–{age + 4}", (men / most, women / most), f"{men:,} / {women:,}")
        for age, men, women in reversed(list(counts.itertuples()))
    ]


def _sizes(sizes: pd.Series[int]) -> list[Bar]:
    """低保 households by members, beside the published mixture."""
    own = sizes.clip(upper=SIZES - 2).value_counts(normalize=True)
    return [
        Bar(
            f"{size}{'+' if size == SIZES - 2 else ''}",
            (float(own.get(size, 0)), PUBLISHED_SIZES[size - 1]),
            f"{own.get(size, 0):.0%} / {PUBLISHED_SIZES[size - 1]:.0%}",
        )
        for size in range(1, SIZES - 1)
    ]


def _planted(cases: pd.DataFrame) -> list[Bar]:
    """Planted facts and their lookalikes by code."""
    counts = pd.crosstab(cases["code"], cases["role"])
    counts = counts.reindex(columns=["case", "decoy"], fill_value=0)
    most = counts.to_numpy().max() if len(counts) else 1
    return [
        Bar(str(code), (case / most, decoy / most), f"{case:,} / {decoy:,}")
        for code, case, decoy in counts.itertuples()
    ]
