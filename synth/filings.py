"""Tax filings of companies and businesses."""

# ruff: noqa: PLR2004 - months of the model explain themselves where they stand
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doudi.synth import months

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from doudi.synth.book import Book

MONTHLY_FILERS = 0.2


def digits(code: str) -> int:
    """The last five digits of a company's organisation code."""
    return int(code[11:16])


def filings(
    book: Book,
    code: str,
    revenue: float,
    *,
    profit: float = 0.08,
    months_each: int = 3,
    first: int = months.FIRST_PAID,
    last: int = months.LAST,
    status: str = "正常",
) -> None:
    """Tax filings of one company; ``revenue`` is CNY a month."""
    ends = np.arange(months.FIRST_PAID - 1, months.LAST + 1)
    ends = ends[(ends % 3 == 2) | (months_each == 1)]
    ends = ends[(ends >= max(first, months.FIRST_PAID)) & (ends <= last)]
    if not len(ends):
        return
    swing = 0.9 + (ends * 7_919 + digits(code)) % 20_011 / 100_000
    sold = np.round(revenue * months_each * swing, 2)
    book.add(
        "enterprise_tax_filing",
        known=ends,
        uscc=[code] * len(ends),
        period=months.text_of(ends),
        revenue=sold,
        profit=np.round(sold * profit, 2),
        tax_paid=np.round(sold * 0.03, 2),
        status=status,
        period_months=months_each,
    )


def many_filings(
    book: Book,
    rng: Generator,
    codes: NDArray[np.str_],
    sold: NDArray[np.float64],
    years: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> None:
    """Filings of many companies: quarterly, for some monthly.

    Args:
        book: Where the rows go.
        rng: The stream they are drawn from.
        codes: Codes of companies or businesses.
        sold: What each sells in a usual month, CNY.
        years: By month and company, revenue beside the usual, and profit beside revenue.
    """
    monthly = rng.random(len(codes)) < MONTHLY_FILERS
    every = np.arange(months.FIRST_PAID, months.LAST + 1)
    for each, chosen, ends in ((1, monthly, every), (3, ~monthly, every[every % 3 == 2])):
        own = np.flatnonzero(chosen)
        row, end = np.repeat(own, len(ends)), np.tile(ends, len(own))
        revenue = sold[row] * each * rng.uniform(0.7, 1.3, len(row))
        margin = np.full(len(row), 0.07)
        if years is not None:
            revenue, margin = revenue * years[0][end, row], years[1][end, row]
        revenue = np.round(revenue, 2)
        book.add(
            "enterprise_tax_filing",
            known=end,
            uscc=codes[row],
            period=months.text_of(end),
            revenue=revenue,
            profit=np.round(revenue * margin, 2),
            tax_paid=np.round(revenue * 0.03, 2),
            status="正常",
            period_months=each,
        )
