"""How a delivered file looks before its rows do: its encoding, and what each header is taken for."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.graph.errors import in_lang
from doudi.loaders.encodings import settle
from doudi.loaders.headers import survey
from doudi.loaders.packed import by_lines, plain_bytes
from doudi.loaders.read import suffix_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from doudi.graph.errors import Lang, Said
    from doudi.loaders.source import Source

TEXTS = (".csv", ".tsv", ".csv.gz")


@dataclass(frozen=True)
class MappedColumn:
    """A column of a file and what it is taken for.

    Attributes:
        unit: Unit in force: the header's where it has one, else the declared one.
    """

    header: str
    name: str
    type: str
    role: str
    unit: str
    unit_from: str


@dataclass(frozen=True)
class FileLook:
    """How a file looks, before its rows are.

    Attributes:
        encoding: Of a text file, else empty.
        unknown: What to say of each header that is none, with the nearest.
        missing: Key and main columns that are not there.
        absent: Other promised columns that are not there.
    """

    file: str
    source: str
    format: str
    encoding: str
    mapped: tuple[MappedColumn, ...]
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    absent: tuple[str, ...]


def look_at(path: Path, headers: Sequence[str], source: Source, lang: Lang) -> FileLook:
    """A file with its headers."""
    seen = survey(headers, source)
    mapped = tuple(
        MappedColumn(
            headers[m.place], m.column.name, m.column.type, m.column.role,
            m.unit or m.column.unit, "header" if m.unit else "source" if m.column.unit else "",
        )
        for m in seen.matched
    )  # fmt: skip  # one column a line
    unknown: list[Said] = list(seen.unknown) if seen.is_headed else []
    return FileLook(
        file=path.name,
        source=source.slug,
        format=suffix_of(path).removeprefix("."),
        encoding=_encoding(path),
        mapped=mapped,
        ignored=seen.ignored,
        unknown=tuple(in_lang(one, lang) for one in [*unknown, *seen.doubled]),
        missing=tuple(column.name for column in seen.missing),
        absent=seen.absent,
    )


CODECS = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}
"""What the codecs of reading are called; the others are UTF-16."""


def _encoding(path: Path) -> str:
    """How a text file is encoded, as reading settles it."""
    if not path.name.lower().endswith(TEXTS):
        return ""
    data = plain_bytes(path, path)
    codec = settle(lambda: by_lines(data), path)
    if codec == "utf-8-sig" and data.startswith(BOM_UTF8):
        return "UTF-8 BOM"
    return CODECS.get(codec, "UTF-16")


def unseen(path: Path, slug: str) -> FileLook:
    """A file of which nothing but the name can be said."""
    return FileLook(path.name, slug, suffix_of(path).removeprefix("."), "", (), (), (), (), ())
