"""The entries of a header, taken out one by one, with all that is wrong about them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from doudi.detectors.messages import WRONG
from doudi.detectors.tokens import parameters, read_query, returned
from doudi.graph.errors import DetectorError, filled, joined

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from doudi.graph.errors import Lang, Pair, Said

ParamValue = bool | int | float | str | date | list[Any]

FENCE = "// ---"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: the line of the file, and what is wrong."""

    line: int
    text: Pair


def problem(line: int, which: str, /, **values: Said) -> Problem:
    """A broken rule by its key in ``WRONG``."""
    return Problem(line, filled(*WRONG[which], **values))


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The text in a language."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Param:
    """A number or text that a query takes.

    Attributes:
        name: Name after the ``$``.
        default: Value where no policy parameter gives one.
        unit: Unit, with the range.
        why: Why this default.
        policy: Name of the policy parameter that gives the value, or empty.
    """

    name: str
    default: ParamValue
    unit: str
    why: str
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """A source whose silence is taken for an answer.

    Attributes:
        days: Greatest age of the source at which it may be.
        reasons: Reasons the query returns that rest on it; empty: every answer does.
    """

    days: int
    reasons: tuple[str, ...] = ()


def refuse(file: str, problems: Iterable[Problem]) -> None:
    """Raise all problems of a file at once, if there are any.

    Raises:
        DetectorError: naming the file and each line.
    """
    found = sorted(set(problems), key=lambda one: (one.line, one.text[1]))
    if not found:
        return
    raise DetectorError(
        joined(
            filled("第 {line} 行：{text}", "line {line}: {text}", line=one.line, text=one.text)
            for one in found
        ),
        where=f"{file}:{found[0].line}",
        next_step=(
            "改正该文件；正确的写法见 docs/add-a-detector.md",
            "mend the file; docs/add-a-detector.md shows one that is right",
        ),
    )


class Header:
    """A header being read: takes entries out, collects what is wrong with them."""

    def __init__(self, file: str, text: str, sources: Collection[str] | None) -> None:
        """Split the file and read its TOML; raises DetectorError where that fails."""
        self.file = file
        self.problems: list[Problem] = []
        self.sources = sources
        head, self.query_text, self.query_line = _split(file, text)
        self.lines = _lines_of(head)
        self.table = _toml(file, head)
        self.query = read_query(self.query_text, first_line=self.query_line)

    def wrong(self, key: str, which: str, /, **values: Said) -> None:
        """Note a problem with an entry, a key of ``WRONG``."""
        self.problems.append(problem(self.lines.get(key, 1), which, **{"key": key} | values))

    def take(self, key: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 - TOML value
        """An entry of this type; a missing one is a problem unless it has a default."""
        value = self.table.pop(key, default)
        if value is None:
            self.wrong(key, "missing")
        elif (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            self.wrong(key, "kind", kind=_KIND[kind])
        else:
            return value
        return kind()

    def texts(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        """An entry that is a list of texts."""
        values = self.take(key, list, default)
        if not all(isinstance(value, str) for value in values):
            self.wrong(key, "texts")
            return ()
        return tuple(values)

    def words(self, key: str) -> Words:
        """An entry with a text in both languages."""
        return self._words(key, self.take(key, dict))

    def phrases(self, key: str) -> tuple[Words, ...]:
        """An entry that is a list of texts; a bare one stands for both languages."""
        values = self.take(key, list)
        if not all(isinstance(value, str | dict) for value in values):
            self.wrong(key, "phrases")
            return ()
        return tuple(
            Words(value, value) if isinstance(value, str) else self._words(key, value)
            for value in values
        )

    def _words(self, key: str, value: dict[str, Any]) -> Words:
        zh, en = value.get("zh", ""), value.get("en", "")
        if value and not (isinstance(zh, str) and isinstance(en, str) and zh and en):
            self.wrong(key, "words")
            return Words("", "")
        return Words(zh, en)

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """An entry that is one of these words."""
        value: str = self.take(key, str, default)
        if value not in allowed and key in self.lines:
            self.wrong(key, "one_of", value=value, names=", ".join(filter(None, allowed)))
        return value

    def params(self) -> tuple[Param, ...]:
        """The tables ``[params.<name>]``."""
        table = self.take("params", dict, {})
        return tuple(self._param(name, entry) for name, entry in table.items())

    def _param(self, name: str, entry: object) -> Param:
        key = f"params.{name}"
        if not isinstance(entry, dict):
            self.wrong(key, "param")
            return Param(name, 0, "", "")
        missing = [part for part in ("default", "unit", "why") if part not in entry]
        if missing:
            self.wrong(key, "lacks", names=", ".join(missing))
        for extra in sorted(set(entry) - {"default", "unit", "why", "policy"}):
            self.wrong(key, "param_entry", name=extra)
        return Param(
            name,
            entry.get("default", 0),
            str(entry.get("unit", "")),
            str(entry.get("why", "")),
            str(entry.get("policy", "")),
        )

    def sources_with_ages(self) -> dict[str, int]:
        """Slugs of sources with their greatest age in days."""
        table: dict[str, Any] = self.take("sources", dict)
        for slug, days in table.items():
            self._source("sources", slug, days)
        if not table and "sources" in self.lines:
            self.wrong("sources", "no_source")
        return table

    def _source(self, key: str, slug: str, days: object) -> None:
        if self.sources is not None and slug not in self.sources:
            self.wrong(key, "source", name=slug)
        if isinstance(days, bool) or not isinstance(days, int) or days <= 0:
            self.wrong(key, "age", name=slug)

    def silences(self, columns: Collection[str]) -> dict[str, Silence]:
        """The tables ``[silence.<slug>]``: sources whose silence is taken for an answer."""
        found: dict[str, Silence] = {}
        for slug, entry in self.take("silence", dict, {}).items():
            key = f"silence.{slug}"
            if not isinstance(entry, dict):
                self.wrong(key, "kind", kind=_KIND[dict])
                continue
            days, reasons = entry.get("days"), entry.get("reasons", [])
            self._source(key, slug, days)
            for extra in sorted(set(entry) - {"days", "reasons"}):
                self.wrong(key, "param_entry", name=extra)
            if reasons and "reason" not in columns:
                self.wrong(key, "absent_column", name="reason")
            found[slug] = Silence(days if isinstance(days, int) else 0, tuple(reasons))
        return found

    def check_parameters(
        self, given: tuple[str, ...], params: tuple[Param, ...], more: str
    ) -> None:
        """Every parameter used is declared, every one declared is used."""
        used = parameters(self.query) | parameters(read_query(more))
        declared = {param.name for param in params}
        for name, line in parameters(self.query).items():
            if name not in declared and name not in given:
                self.problems.append(problem(line, "undeclared", name=name))
        for name in sorted(declared - set(used)):
            self.wrong(f"params.{name}", "unused", name=name)
        for name in sorted(declared & set(given)):
            self.wrong(f"params.{name}", "given", name=name)

    def check_returns(self, returns: tuple[str, ...], needed: tuple[str, ...]) -> None:
        """The columns of the query are those declared, and the needed ones are among them."""
        columns = returned(self.query)
        for column in columns:
            if not column.name:
                self.problems.append(problem(column.line, "no_alias"))
            elif returns and column.name not in returns:
                self.problems.append(problem(column.line, "extra_column", name=column.name))
        names = {column.name for column in columns}
        for name in (n for n in returns if n not in names):
            self.wrong("returns", "absent_column", name=name)
        for name in (n for n in needed if n not in names):
            line = columns[0].line if columns else self.query_line
            self.problems.append(problem(line, "no_column", name=name))

    def leftover(self) -> None:
        """Entries that nobody took are misspelt."""
        for key in self.table:
            self.wrong(key, "entry")


_KIND: dict[type, Pair] = {
    str: ("文本", "a text"),
    int: ("整数", "a whole number"),
    bool: ("true 或 false", "true or false"),
    list: ("列表", "a list"),
    dict: ("小节（表）", "a table"),
}


def _split(file: str, text: str) -> tuple[str, str, int]:
    """Header text (same line numbers as the file), query text, line the query begins in."""
    lines = text.splitlines()
    fences = [i for i, line in enumerate(lines) if line.rstrip() == FENCE]
    if not fences or fences[0] != 0:
        refuse(file, [problem(1, "opening", fence=repr(FENCE))])
    if len(fences) < 2:  # noqa: PLR2004 - one fence opens, one closes
        refuse(file, [problem(len(lines) or 1, "closing", fence=repr(FENCE))])
    bare = [problem(i + 1, "bare") for i in range(1, fences[1]) if not lines[i].startswith("//")]
    refuse(file, bare)
    head = [""] + [line.removeprefix("//").removeprefix(" ") for line in lines[1 : fences[1]]]
    return "\n".join(head), "\n".join(lines[fences[1] + 1 :]) + "\n", fences[1] + 2


def _toml(file: str, head: str) -> dict[str, Any]:
    try:
        return tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at.group(1)) if at else head.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        refuse(file, [problem(line, "toml", reason=reason)])
        raise


def _lines_of(head: str) -> dict[str, int]:
    """The line of each entry and table of a header."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(head.splitlines(), start=1):
        if opened := re.match(r"\s*\[([\w.]+)\]", line):
            table = f"{opened.group(1)}."
            lines.setdefault(opened.group(1), number)
            lines.setdefault(opened.group(1).split(".")[0], number)
        elif entry := re.match(r"\s*([\w.]+)\s*=", line):
            lines.setdefault(f"{table}{entry.group(1)}", number)
    return lines
