"""Numbers with check digits: people (GB 11643), companies (GB 32100), vehicles; hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PERSON_CHECKS = np.array(list("10X98765432"))
COMPANY_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
ORGANISATION_CHECKS = "0X987654321"
COUNTY = 539901
"""Code of the county; of a province, of its first one."""
MOST_COUNTIES = 64
"""Counties of a province: 539901, 539801 and so on to 533601, none ever assigned to a place."""
VIN_ALPHABET = np.array(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"))


def check_digits(bodies: NDArray[np.int64]) -> NDArray[np.str_]:
    """Check characters of 17-digit bodies."""
    total: NDArray[np.int64] = np.zeros(len(bodies), dtype=np.int64)
    for place, weight in enumerate(PERSON_WEIGHTS):
        total += weight * (bodies // 10 ** (16 - place) % 10)
    return PERSON_CHECKS[total % 11]


def person_numbers(
    birth: NDArray[Any], male: NDArray[Any], *, area: int = COUNTY
) -> NDArray[np.str_]:
    """Unique valid 18-digit numbers, one a person; no more than 500 of a sex share a birthday."""
    told = np.char.replace(np.datetime_as_string(birth.astype("datetime64[D]")), "-", "")
    dates = told.astype(np.int64)
    group = dates * 2 + male.astype(np.int64)
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    first = np.searchsorted(ranked, ranked, side="left")
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first
    serial = (rank * 2 + male.astype(np.int64)) % 1000
    bodies = area * 10**11 + dates * 1000 + serial
    return np.char.add(bodies.astype("U17"), check_digits(bodies))


def county_code(place: int) -> int:
    """The code of a county by its place in the province, 0 for the first."""
    return COUNTY - 100 * place


def company_codes(
    serials: NDArray[np.int64], *, kind: str = "91", county: int = COUNTY
) -> list[str]:
    """Valid unified social credit codes; kind 91 companies, 92 individual businesses."""
    return [_company_code(int(serial), kind, county) for serial in serials]


def _company_code(serial: int, kind: str, county: int) -> str:
    """One code: kind, county, organisation code with its check, check character."""
    organisation = f"{serial:08d}"
    total = int((ORGANISATION_WEIGHTS * [int(digit) for digit in organisation]).sum())
    body = f"{kind}{county}{organisation}{ORGANISATION_CHECKS[total % 11]}"
    weighted = sum(
        COMPANY_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body)
    )
    return body + COMPANY_ALPHABET[-weighted % 31]


def hashes(rng: Generator, count: int) -> NDArray[np.str_]:
    """Hashed account or telephone numbers, 32 hexadecimal signs each."""
    words = rng.bytes(16 * count).hex()
    return np.array([words[32 * i : 32 * i + 32] for i in range(count)], dtype="U32")


def vins(rng: Generator, count: int) -> NDArray[np.str_]:
    """Vehicle identification numbers, 17 signs each."""
    signs = rng.choice(VIN_ALPHABET, size=(count, 9))
    return np.array([f"LDT{''.join(row)}{i % 100000:05d}" for i, row in enumerate(signs)])
