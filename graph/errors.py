"""Everything doudi raises, in one tree.

::

    DoudiError                       exit code 1 unless a class says otherwise
    ├── UsageError                   2: the command was typed or called wrongly
    │   ├── UnknownName              2: a name that is not known; offers the nearest
    │   └── FutureAsOf               2: an as-of month after the last delivered one
    ├── SettingsError                2: doudi.toml or the environment is wrong
    ├── HomeError                    1: the home folder cannot be read or written
    ├── SchemaError                  1: a label, relation or property is not declared
    ├── SourceError                  1: a source's TOML is wrong
    ├── FeedStopped                  3: one file of a delivery was refused as a whole
    ├── DeliveryError                1: a delivery folder cannot be read
    ├── LinkError                    1: records cannot be linked as they are
    ├── DetectorError                1: a detector's header or query is wrong
    ├── ReceiptError                 1: a receipt cannot be replayed
    ├── PolicyError                  1: a parameter is missing for an area and month
    ├── RankingError                 1: there is too little to learn from
    ├── LedgerError                  1: a decision the state machine does not allow
    └── ServerError                  1: Neo4j could not be started or reached
        ├── JarsUnavailable          1: the server's jars cannot be fetched or are altered
        ├── ServerUnreachable        1: a URI does not answer
        ├── ServerRefused            1: the server refused the credentials
        ├── PortTaken                1: a port that was asked for is in use
        └── QueryError               1: a query was refused or stopped by the server
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Lang = Literal["zh", "en"]
Pair = tuple[str, str]
"""One text in Chinese and in English."""

Said = str | Pair
"""A part of a message: a pair, or a text that is the same in both languages (a name, a number)."""


class Parts(NamedTuple):
    """The four parts of a message, each in both languages."""

    where: Said
    found: Said
    expected: Said
    next_step: Said


class DoudiError(Exception):
    """A problem said in the terms of the person who can mend it, in Chinese and in English.

    Args:
        found: What was found, without personal data.
        where: File and line, household, setting or address it concerns.
        expected: What would have been right.
        next_step: What to do now.

    Attributes:
        both: The parts in both languages; the attributes named like them are English.
    """

    exit_code: int = 1

    def __init__(
        self, found: Said, *, where: Said = "", expected: Said = "", next_step: Said = ""
    ) -> None:
        """Keep the four parts apart, so that machines can read them too."""
        self.both = Parts(where, found, expected, next_step)
        english = [in_lang(part, "en") for part in self.both]
        self.where, self.found, self.expected, self.next_step = english
        super().__init__(self.found)

    def __str__(self) -> str:
        """The message in English, for logs."""
        return self.told("en")

    @property
    def message(self) -> Pair:
        """The message in both languages."""
        return self.told("zh"), self.told("en")

    def told(self, lang: Lang) -> str:
        """One message: where, what, expected, next.

        >>> DoudiError(("没有文件", "no file"), where="a.csv", next_step=("查看", "look")).told("zh")
        'a.csv：没有文件；下一步：查看'
        """
        colon, stop = (in_lang(mark, lang) for mark in (("：", ": "), ("；", "; ")))
        where, found, expected, next_step = (in_lang(part, lang) for part in self.both)
        parts = [f"{where}{colon}{found}" if where else found]
        if expected:
            parts.append(f"{in_lang(('应为', 'expected'), lang)}{colon}{expected}")
        if next_step:
            parts.append(f"{in_lang(('下一步', 'next'), lang)}{colon}{next_step}")
        return stop.join(parts)


def in_lang(text: Said, lang: Lang) -> str:
    """A part of a message in a language.

    >>> in_lang(("户", "household"), "zh"), in_lang("a.csv", "zh")
    ('户', 'a.csv')
    """
    return text if isinstance(text, str) else text[lang == "en"]


def filled(zh: str, en: str, /, **values: Said | float) -> Pair:
    """A text with its values put in, each in the text's own language.

    >>> filled("第 {line} 行：{text}", "line {line}: {text}", line=3, text=("空的", "empty"))
    ('第 3 行：空的', 'line 3: empty')
    """
    return zh.format(**_all_in(values, "zh")), en.format(**_all_in(values, "en"))


def _all_in(values: dict[str, Said | float], lang: Lang) -> dict[str, str | float]:
    return {k: in_lang(v, lang) if isinstance(v, str | tuple) else v for k, v in values.items()}


def joined(texts: Iterable[Said], zh: str = "；", en: str = "; ") -> Pair:
    """Texts one after the other, with what stands between them.

    >>> joined([("空的", "empty"), "E15"])
    ('空的；E15', 'empty; E15')
    """
    listed = list(texts)
    return zh.join(in_lang(t, "zh") for t in listed), en.join(in_lang(t, "en") for t in listed)


def near(name: str, known: Iterable[str]) -> Pair | None:
    """The nearest of the known names; None where none is near.

    >>> near("E1", ["E15", "E16"])
    ('E16、E15（名称相近）', 'did you mean E16, E15?')
    """
    found = get_close_matches(name, sorted(filter(None, known)), n=3, cutoff=0.5)
    if not found:
        return None
    return f"{'、'.join(found)}（名称相近）", f"did you mean {', '.join(found)}?"


def nearest(name: str, known: Iterable[str]) -> Pair:
    """The nearest of the known names; where none is near, the first of them.

    >>> nearest("shape", ["E15", "E16"]), nearest("shape", [])
    (('E15、E16 之一', 'known: E15, E16'), ('已有名称（目前没有）', 'known: none'))
    """
    names = sorted(filter(None, known))
    shown = names[:12]
    more = "之一" if shown == names else "等"
    zh = f"{'、'.join(shown)} {more}" if shown else "已有名称（目前没有）"
    return near(name, names) or (zh, f"known: {', '.join(shown) or 'none'}")


TOML = ("UTF-8 编码的 TOML", "TOML in UTF-8")
"""What a settings, source or case file is expected to be."""


def toml_problem(error: ValueError) -> Pair:
    """What is wrong with a text file, mostly TOML; English has the parser's own words.

    >>> toml_problem(ValueError("Invalid value (at line 2, column 5)"))
    ('TOML 语法有误（第 2 行第 5 列）', 'Invalid value (at line 2, column 5)')
    """
    if isinstance(error, UnicodeDecodeError):
        return "编码不是 UTF-8", "the encoding is not UTF-8"
    at = re.search(r"at line (\d+), column (\d+)", str(error))
    place = f"第 {at[1]} 行第 {at[2]} 列" if at else "文件末尾"
    return f"TOML 语法有误（{place}）", str(error)


class UsageError(DoudiError):
    """The command was typed, or the function called, wrongly."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not known."""

    @classmethod
    def among(
        cls,
        kind: Pair,
        name: str,
        known: Iterable[str],
        *,
        where: Said = "",
        next_step: Said = "",
    ) -> UnknownName:
        """An error that offers the nearest of the known names.

        Args:
            kind: What the name is of, such as ``("线索", "lead")``.
            name: The name that was given.
            known: All names there are.
            where: Setting or place it concerns.
            next_step: Where the names can be looked up.
        """
        found = (f"不认识的{kind[0]}“{name}”", f"unknown {kind[1]} {name!r}")
        return cls(found, where=where, expected=nearest(name, known), next_step=next_step)


class FutureAsOf(UsageError):
    """An as-of month later than anything delivered."""


class SettingsError(DoudiError):
    """The settings file or the environment is wrong."""

    exit_code = 2


class HomeError(DoudiError):
    """The home folder cannot be read or written."""

    @classmethod
    def unwritten(cls, error: OSError, where: str, *, expected: Said = "") -> HomeError:
        """An error that a file or folder cannot be written, with the system's reason."""
        return cls(
            (f"无法写入（{error.strerror}）", f"cannot be written ({error.strerror})"),
            where=where,
            expected=expected or ("当前用户可写的文件夹", "a folder this user may write to"),
            next_step=(
                "检查磁盘空间和文件夹的所有者",
                "check the disk space and the owner of the folder",
            ),
        )


class SchemaError(DoudiError):
    """A label, relation or property that the schema does not declare."""


class SourceError(DoudiError):
    """A source declaration that cannot be used."""


class FeedStopped(DoudiError):
    """One file of a delivery was refused as a whole; the others go on."""

    exit_code = 3


class DeliveryError(DoudiError):
    """A delivery folder that cannot be read."""


class LinkError(DoudiError):
    """Records that cannot be linked as they are."""


class DetectorError(DoudiError):
    """A detector's header or query breaks a rule."""


class ReceiptError(DoudiError):
    """A receipt that cannot be replayed."""


class PolicyError(DoudiError):
    """A policy parameter is missing or ambiguous for an area and month."""


class RankingError(DoudiError):
    """There is too little, or the wrong kind of, data to rank on."""


class LedgerError(DoudiError):
    """A decision that the lead's state machine does not allow."""


class ServerError(DoudiError):
    """Neo4j could not be started, reached or used."""


class JarsUnavailable(ServerError):
    """The server's jars cannot be fetched, or differ from the lock."""


class ServerUnreachable(ServerError):
    """A server address that does not answer."""


class ServerRefused(ServerError):
    """The server refused the user name or password."""


class PortTaken(ServerError):
    """A port that was asked for is used by another program."""


class QueryError(ServerError):
    """A query that the server refused or stopped."""
