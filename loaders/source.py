"""A source: one TOML file that says what a data type's rows hold and which facts they give.

``docs/add-a-source.md`` explains the file. Ids, properties, times and filters are DuckDB expressions
over the cleaned columns, so a new source needs no Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

Nature = Literal["register", "event", "month"]
Role = Literal["key", "main", "plain", "added"]
Personal = Literal["", "name", "phone", "account", "plate", "text"]

TYPES = (
    "str", "id18", "id18_or_uscc", "uscc", "date", "datetime", "yyyymm", "decimal", "ratio", "int",
    "bool", "enum", "list", "list[id18]", "hash",
)  # fmt: skip
"""Value types of contract.md §3; ``uscc`` is its ``str18 uscc``, ``ratio`` a share from 0 to 1."""

NUMBERS = ("id18", "id18_or_uscc")
"""Types that hold one person's number."""

TOML = ".toml"


@dataclass(frozen=True)
class Column:
    """One column of a source.

    Attributes:
        name: English field name.
        headers: Chinese headers under which it may come.
        unit: Unit of the values as sent.
        values: Allowed values of an enum; empty: any text.
        synonyms: Other spellings, mapped to values.
        personal: What the clear value is where it is never stored; numbers of people need no mark.
        classes: Class name and the pattern of the clear text that gives it.
        plausible: Least and greatest plausible median of an amount, for the unit check.
        range: Least and greatest value that is believed.
        future: Whether a date may lie after the delivery: ends, expiries, due dates.
        embedded_in: Column whose text holds this number too, such as a certificate's number.
        epoch: First year of Excel serial dates, 1900 or 1904.
    """

    name: str
    headers: tuple[str, ...]
    type: str
    role: Role
    unit: str = ""
    values: tuple[str, ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)
    personal: Personal = ""
    classes: dict[str, str] = field(default_factory=dict)
    plausible: tuple[float, float] | None = None
    range: tuple[float, float] | None = None
    future: bool = False
    embedded_in: str = ""
    epoch: int = 1900


@dataclass(frozen=True)
class Block:
    """Nodes or relations that each row gives.

    Attributes:
        name: Stable name of the block within its source, part of every fact's id.
        label: Label, for nodes; empty for relations.
        triple: Type and labels, for relations.
        ids: Expressions of a node's ``id``, or of a relation's ``start_id`` and ``end_id``.
        each: List column that is unfolded first; its element is ``item``.
        where: Condition on the row.
        properties: Property and expression.
        valid_from: Expression of the first day; ``NULL`` when unknown.
        valid_to: Expression of the first day no longer; ``NULL`` while it lasts.
    """

    name: str
    label: str
    triple: tuple[str, str, str] | None
    ids: dict[str, str]
    each: str
    where: str
    properties: dict[str, str]
    valid_from: str
    valid_to: str


@dataclass(frozen=True)
class Expect:
    """What is normal for a source.

    Attributes:
        rows: Least and greatest number of rows of a snapshot; fewer stops the feed, more is said.
        shrink: Least share of the known rows that a snapshot must still list.
        rejected: Greatest share of refused rows that passes without a message.
        shift: Greatest move of a column's words or deciles between deliveries, see ``verdicts.py``.
        nulls: Greatest move of the share of rows without a value in a column.
    """

    rows: tuple[int, int] = (0, 10**9)
    shrink: float = 0.5
    rejected: float = 0.2
    shift: float = 0.25
    nulls: float = 0.2


@dataclass(frozen=True)
class Source:
    """A source as its file states it.

    Attributes:
        changes: Columns whose new value is a change in the world, not a correction.
        main_date: Column that dates an event or month row.
        month_column: Column that, where a file has it, makes the rows monthly and joins the key.
        ends: End columns, each with the column of its start.
        derived: Further columns by name, each an expression over all rows; mapped words included.
        rows_table: ``parameters`` for the one source that feeds a table instead of the graph.
    """

    slug: str
    title: dict[str, str]
    publisher: str
    cadence: str
    legal_basis: str
    sensitivity: str
    nature: Nature
    key: tuple[str, ...]
    key_kind: Literal["id", "group"]
    changes: tuple[str, ...]
    main_date: str
    month_column: str
    ends: dict[str, str]
    expect: Expect
    columns: dict[str, Column]
    ignored: dict[str, str]
    derived: dict[str, str]
    blocks: tuple[Block, ...]
    rows_table: str = ""

    @property
    def can_change(self) -> bool:
        """Whether a row may say that the world changed, so that the fact of before is cut."""
        return bool(self.changes) and self.key_kind == "id"

    def companion(self, number: str, kind: Literal["name", "birth_date"]) -> str:
        """The column that carries the name or birth date of a person number; empty without one.

        >>> sources()["marriage_registration"].companion("wife_id", "name")
        'wife_name'
        """
        stem = number.removesuffix("_id")
        people = [c.name for c in self.columns.values() if c.type in NUMBERS]
        own = f"{stem}_{kind}"
        if own in self.columns:
            return own
        alone = number in ("person_id", people[0])
        return kind if alone and (kind in self.columns or kind == "name") else own


class Shelf(Mapping[str, Source]):
    """Every declared source by slug, in the order of their names.

    Those of the package are read when they are first asked for: a delivery needs a few of them.

    Args:
        own: Sources of an office, which replace shipped ones.
    """

    def __init__(self, own: dict[str, Source]) -> None:
        """Read nothing yet."""
        self._own = own

    def __getitem__(self, slug: str) -> Source:
        """The source of that name."""
        return self._own[slug] if slug in self._own else _shipped(slug)

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(sorted({*self._own, *_files()}))

    def __len__(self) -> int:
        """How many there are."""
        return len({*self._own, *_files()})

    def __contains__(self, slug: object) -> bool:
        """Whether a source has that name."""
        return slug in self._own or slug in _files()


def sources(extra: Path | None = None) -> Shelf:
    """Every declared source by slug; those of a folder of one's own replace shipped ones.

    Raises:
        SourceError: naming every file of the folder and every problem in it.
    """
    from doudi.loaders.declare import read_sources

    own = list(_texts_in(extra)) if extra is not None and extra.is_dir() else []
    return Shelf(read_sources(own))


@cache
def _files() -> dict[str, Traversable]:
    """The files of the package by slug, which is also their name."""
    folder = files("doudi.loaders").joinpath("sources")
    return {f.name.removesuffix(TOML): f for f in folder.iterdir() if f.name.endswith(TOML)}


@cache
def _shipped(slug: str) -> Source:
    """A source of the package, which does not change while it runs.

    Its expressions are tried by the tests, not by every load.
    """
    from doudi.loaders.declare import read_sources

    file = _files()[slug]
    return read_sources([(f"sources/{file.name}", file.read_text("utf-8"))], rehearsed=True)[slug]


def _texts_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    yield from (
        (f"{folder.name}/{p.name}", p.read_bytes()) for p in sorted(folder.glob(f"*{TOML}"))
    )
