"""The parameters doudi is shipped with, each with its reason and source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

ALWAYS = date(1900, 1, 1)
"""Start of a default that does not move with the years."""


@dataclass(frozen=True, slots=True)
class Default:
    """One shipped parameter.

    Attributes:
        name: Name such as ``edge.multiple``.
        value: The number, in ``unit``.
        unit: What it counts.
        since: First day for which it speaks.
        why: What the number is for.
        source: Where it comes from.
    """

    name: str
    value: float
    unit: str
    since: date
    why: str
    source: str


@cache
def defaults() -> dict[str, Default]:
    """Every shipped parameter by its name.

    >>> defaults()["edge.multiple"].value
    1.5
    """
    table = tomllib.loads(files("doudi.policy").joinpath("defaults.toml").read_text("utf-8"))
    return {
        name: Default(
            name=name,
            value=float(entry["value"]),
            unit=entry["unit"],
            since=entry.get("from", ALWAYS),
            why=entry["why"],
            source=entry["source"],
        )
        for name, entry in table.items()
    }
