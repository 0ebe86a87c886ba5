"""Source declarations read and checked: every problem of every file is found and told at once."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, get_args

from doudi.graph.errors import SourceError, UnknownName, filled, joined, nearest, toml_problem
from doudi.graph.schema import schema
from doudi.loaders.messages import DECLARED
from doudi.loaders.source import TYPES, Block, Column, Expect, Nature, Personal, Role, Source
from doudi.loaders.values import literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from doudi.graph.errors import Said
    from doudi.graph.schema import Property

TABLES = ("source", "expect", "columns", "ignore", "map", "derived", "node", "link")
HEAD = (
    "slug", "title", "publisher", "cadence", "legal_basis", "sensitivity", "nature", "key",
    "key_kind", "changes", "main_date", "month_column", "ends", "rows_table",
)  # fmt: skip
COLUMN = (
    "zh", "type", "role", "unit", "values", "synonyms", "personal", "classes", "plausible", "range",
    "future", "embedded_in", "epoch",
)  # fmt: skip
BLOCK = (
    "name",
    "label",
    "type",
    "from",
    "to",
    "id",
    "each",
    "where",
    "set",
    "valid_from",
    "valid_to",
)
NEEDED = ("slug", "title", "publisher", "nature", "key", "key_kind", "cadence")


def read_sources(
    texts: Iterable[tuple[str, str | bytes]], *, rehearsed: bool = False
) -> dict[str, Source]:
    """Sources by slug, of the given files (name and text).

    Args:
        texts: Names of the files, and their texts or bytes.
        rehearsed: Whether their expressions are known to be sound, and need not be tried.

    Raises:
        SourceError: naming every file and every problem in it.
    """
    found: dict[str, Source] = {}
    problems: list[Said] = []
    for where, text in texts:  # one file after the other
        source = _Reader(where, problems).read(text)
        if source:
            found[source.slug] = source
    if not problems and found and not rehearsed:
        from doudi.loaders.rehearse import rehearse

        problems += rehearse(found.values())
    if problems:
        raise SourceError(
            joined(problems),
            expected=("docs/add-a-source.md 的写法", "what docs/add-a-source.md says"),
            next_step=("改正该文件", "mend the file"),
        )
    return found


class _Reader:
    """Reads one file; problems are collected, not raised."""

    def __init__(self, where: str, problems: list[Said]) -> None:
        self.where = where
        self.problems = problems

    def say(self, which: str, /, **values: Said) -> None:
        """Note a problem of this file, a key of ``DECLARED``."""
        problem = filled(*DECLARED[which], **values)
        self.problems.append(joined([self.where, problem], "：", ": "))

    def only(self, table: dict[str, Any], allowed: Iterable[str], what: Said = "") -> None:
        """Note entries of a table, or of the whole file, that mean nothing, with the nearest."""
        which = "unknown" if what else "unknown_table"
        for name in sorted(set(table) - set(allowed)):
            self.say(which, what=what, name=name, near=nearest(name, allowed))

    def read(self, text: str | bytes) -> Source | None:
        """The source a file states; None when it cannot be read at all."""
        try:
            table = tomllib.loads(text if isinstance(text, str) else text.decode())
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.say("toml", error=toml_problem(error))
            return None
        self.only(table, TABLES)
        head = table.get("source", {})
        self.only(head, HEAD, "[source]")
        absent = [name for name in NEEDED if name not in head] + (
            [] if table.get("columns") else ["columns"]
        )
        if absent:
            self.say("missing", names=", ".join(absent))
            return None
        columns = {name: self.column(name, entry) for name, entry in table["columns"].items()}
        blocks = tuple(
            self.block(kind, number, entry, columns)
            for kind in ("node", "link")
            for number, entry in enumerate(table.get(kind, []))
        )
        self.head(head, columns)
        self.names_once(blocks)
        self.maps(table.get("map", {}), columns)
        return _source(head, table, columns, blocks)

    def head(self, head: dict[str, Any], columns: dict[str, Column]) -> None:
        """Check that what [source] names is there."""
        named = [
            *head["key"],
            *head.get("changes", []),
            *head.get("ends", {}),
            *head.get("ends", {}).values(),
        ]
        named += [head[name] for name in ("main_date", "month_column") if head.get(name)]
        for name in named:
            if name not in columns:
                self.say("no_column", name=name, near=nearest(name, columns))
        if head["nature"] not in get_args(Nature):
            self.say("nature", nature=head["nature"], known=", ".join(get_args(Nature)))
        if head["key_kind"] not in ("id", "group"):
            self.say("key_kind", kind=head["key_kind"])
        if head["nature"] != "register" and not head.get("main_date"):
            self.say("main_date")

    def maps(self, maps: dict[str, Any], columns: dict[str, Column]) -> None:
        """Check the tables of words."""
        for name, entry in maps.items():
            self.only(entry, ("column", "values", "other"), f"[map.{name}]")
            if entry.get("column") not in columns or not entry.get("values"):
                self.say("map", name=name)

    def names_once(self, blocks: tuple[Block, ...]) -> None:
        """Two blocks of one name would give two facts one id."""
        names = [block.name for block in blocks]
        for name in sorted({n for n in names if names.count(n) > 1}):
            self.say("twice", name=name)

    def word_of(self, column: str, entry: str, value: object, allowed: Collection[str]) -> None:
        """Note an entry of a column that is none of the words allowed."""
        if value not in allowed:
            near = nearest(str(value), allowed)
            self.say("word", column=column, entry=entry, value=repr(value), near=near)

    def column(self, name: str, entry: dict[str, Any]) -> Column:
        """One column."""
        self.only(entry, COLUMN, (f"列 {name}", f"column {name}"))
        self.word_of(name, "type", entry.get("type"), TYPES)
        self.word_of(name, "role", entry.get("role", "plain"), get_args(Role))
        self.word_of(name, "personal", entry.get("personal", ""), get_args(Personal))
        if entry.get("type") == "hash" and entry.get("personal") not in ("phone", "account"):
            self.say("hash", name=name)
        zh = entry.get("zh", [])
        return Column(
            name=name,
            headers=tuple([zh] if isinstance(zh, str) else zh),
            type=str(entry.get("type")),
            role=entry.get("role", "plain"),
            unit=entry.get("unit", ""),
            values=tuple(entry.get("values", [])),
            synonyms=entry.get("synonyms", {}),
            personal=entry.get("personal", ""),
            classes=entry.get("classes", {}),
            plausible=_pair(entry.get("plausible")),
            range=_pair(entry.get("range")),
            future=entry.get("future", False),
            embedded_in=entry.get("embedded_in", ""),
            epoch=entry.get("epoch", 1900),
        )

    def block(
        self, kind: str, number: int, entry: dict[str, Any], columns: dict[str, Column]
    ) -> Block:
        """One [[node]] or [[link]]."""
        what = (
            f"[[{kind}]] {entry.get('name') or entry.get('label') or entry.get('type') or number}"
        )
        self.only(entry, BLOCK, what)
        label: str = ""
        triple: tuple[str, str, str] | None = None
        declared: tuple[Property, ...] = ()
        try:
            if kind == "node":
                label, declared = entry["label"], schema().node(entry["label"]).properties
            else:
                triple = (entry["type"], entry["from"]["label"], entry["to"]["label"])
                declared = self.relation(triple, what)
        except KeyError as missing:
            self.say("lacks", what=what, name=str(missing))
        except UnknownName as unknown:
            self.say("told", what=what, told=unknown.message)
        known = [p.name for p in declared]
        if declared or not entry.get("set"):
            for name in entry.get("set", {}):
                if name not in known:
                    self.say("sets", what=what, name=name, near=nearest(name, known))
        if entry.get("each") and entry["each"] not in columns:
            self.say("unfolds", what=what, name=entry["each"], near=nearest(entry["each"], columns))
        return _block(kind, number, entry, label, triple)

    def relation(self, triple: tuple[str, str, str], what: str) -> tuple[Property, ...]:
        """The properties of a relation type whose pair of labels is declared."""
        relation = schema().relation(triple[0])
        if triple[1:] not in relation.pairs:
            pairs = joined((f"{a}-{b}" for a, b in relation.pairs), " 或 ", " or ")
            ends = f"{triple[1]}-{triple[2]}"
            self.say("joins", what=what, ends=ends, kind=triple[0], pairs=pairs)
        return relation.properties


def _pair(entry: list[float] | None) -> tuple[float, float] | None:
    return (entry[0], entry[1]) if entry else None


def _block(
    kind: str, number: int, entry: dict[str, Any], label: str, triple: tuple[str, str, str] | None
) -> Block:
    ids = (
        {"id": entry.get("id", "NULL")}
        if kind == "node"
        else {
            "start_id": entry.get("from", {}).get("id", "NULL"),
            "end_id": entry.get("to", {}).get("id", "NULL"),
        }
    )
    return Block(
        name=entry.get("name")
        or (label if kind == "node" else entry.get("type", f"{kind}{number}")),
        label=label,
        triple=triple,
        ids=ids,
        each=entry.get("each", ""),
        where=entry.get("where", "true"),
        properties=entry.get("set", {}),
        valid_from=entry.get("valid_from", "NULL"),
        valid_to=entry.get("valid_to", "NULL"),
    )


def _maps(maps: dict[str, Any]) -> dict[str, str]:
    """A table of words as an expression: unlisted words give NULL, or ``other``."""
    found = {}
    for name, entry in maps.items():
        cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in entry["values"].items())
        other = f" ELSE {literal(entry['other'])}" if "other" in entry else ""
        found[name] = f'CASE "{entry["column"]}" {cases}{other} END'
    return found


def _source(
    head: dict[str, Any],
    table: dict[str, Any],
    columns: dict[str, Column],
    blocks: tuple[Block, ...],
) -> Source:
    expect = table.get("expect", {})
    low, high = expect.get("rows", Expect.rows)
    return Source(
        slug=head["slug"],
        title=head["title"],
        publisher=head["publisher"],
        cadence=head["cadence"],
        legal_basis=head.get("legal_basis", ""),
        sensitivity=head.get("sensitivity", "personal"),
        nature=head["nature"],
        key=tuple(head["key"]),
        key_kind=head["key_kind"],
        changes=tuple(head.get("changes", [])),
        main_date=head.get("main_date", ""),
        month_column=head.get("month_column", ""),
        ends=head.get("ends", {}),
        expect=Expect(
            (low, high),
            expect.get("shrink", Expect.shrink),
            expect.get("rejected", Expect.rejected),
            expect.get("shift", Expect.shift),
            expect.get("nulls", Expect.nulls),
        ),
        columns=columns,
        ignored=table.get("ignore", {}),
        derived={**_maps(table.get("map", {})), **table.get("derived", {})},
        blocks=blocks,
        rows_table=head.get("rows_table", ""),
    )
