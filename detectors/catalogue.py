"""All detectors and clearing checks: those of the package and those of the home folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from doudi.detectors.checker import check
from doudi.detectors.entries import problem, refuse
from doudi.detectors.header import (
    BUILT_IN_CLEARING,
    ClearingCheck,
    Detector,
    Direction,
    parse_clearing,
    parse_detector,
)
from doudi.graph.errors import DetectorError, UnknownName, joined, toml_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

DIRECTIONS: tuple[Direction, ...] = ("error", "leak")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Detectors in the order of their ids, clearing checks by code."""

    detectors: tuple[Detector, ...]
    clearing: dict[str, ClearingCheck]

    def detector(self, name: str) -> Detector:
        """A detector by its id.

        Raises:
            UnknownName: offering the nearest ids.
        """
        for detector in self.detectors:
            if detector.id == name:
                return detector
        raise UnknownName.among(
            ("规则", "detector"),
            name,
            [d.id for d in self.detectors],
            next_step=("规则见 docs/detectors.md", "docs/detectors.md lists the detectors"),
        )

    def chosen(self, names: Sequence[str] | None) -> tuple[Detector, ...]:
        """The detectors of these ids, or all that are not retired.

        Raises:
            UnknownName: offering the nearest ids.
        """
        if names is None:
            return tuple(d for d in self.detectors if d.status != "retired")
        return tuple(self.detector(name) for name in dict.fromkeys(names))

    def checks_of(self, detector: Detector) -> tuple[ClearingCheck, ...]:
        """The clearing checks a detector's hits go through, built-in ones left out."""
        return tuple(self.clearing[code] for code in detector.clearing if code in self.clearing)

    def used_by(self, detectors: Sequence[Detector]) -> dict[str, ClearingCheck | None]:
        """The checks that hits of these detectors go through, by code; None for built-in ones."""
        codes = {code for detector in detectors for code in detector.clearing}
        codes |= {"X07" for detector in detectors if detector.recompute}
        return {code: self.clearing.get(code) for code in sorted(codes)}

    def under(self, folder: Path) -> Catalogue:
        """The detectors and checks whose files lie in a folder."""
        return Catalogue(
            tuple(d for d in self.detectors if d.file.startswith(f"{folder}/")),
            {code: c for code, c in self.clearing.items() if c.file.startswith(f"{folder}/")},
        )


def known_sources(own: Path | None = None) -> frozenset[str] | None:
    """Slugs of the declared sources, one file a source; None where no source is shipped at all.

    Args:
        own: A folder with an office's own sources (``home/sources``); it may be absent.
    """
    folder = files("doudi.loaders").joinpath("sources")
    if not folder.is_dir():
        return None
    names = [entry.name for entry in folder.iterdir()]
    names += [path.name for path in own.glob("*.toml")] if own is not None else []
    return frozenset(n.removesuffix(".toml") for n in names if n.endswith(".toml")) or None


def catalogue(extra: Path | None = None) -> Catalogue:
    """The shipped detectors and clearing checks, with those of another folder.

    Args:
        extra: A folder with ``error/``, ``leak/`` and ``clearing/`` (``home/detectors``); absent
            folders are empty ones. Sources in ``sources/`` beside it are known too.

    Raises:
        DetectorError: naming every file and line that is wrong, of all files at once.
    """
    shipped = _shipped()
    reader = _Reader(known_sources(extra.parent / "sources" if extra is not None else None))
    reader.detectors += shipped.detectors
    reader.clearing += shipped.clearing
    reader.errors += shipped.errors
    if extra is not None and extra.is_dir():
        reader.read(extra, str(extra))
    return reader.finish()


@cache
def _shipped() -> _Reader:
    """The files of the package, which do not change while it runs, read once."""
    reader = _Reader(known_sources())
    reader.read(files("doudi.detectors"), "detectors")
    return reader


class _Reader:
    """Reads files one after the other and keeps what is wrong until the end."""

    def __init__(self, sources: frozenset[str] | None) -> None:
        self.sources = sources
        self.detectors: list[Detector] = []
        self.clearing: list[ClearingCheck] = []
        self.errors: list[DetectorError] = []

    def read(self, root: Traversable, shown: str) -> None:
        for direction in DIRECTIONS:
            for entry in _cypher_files(root.joinpath(direction)):
                self._detector(entry, f"{shown}/{direction}/{entry.name}", direction)
        for entry in _cypher_files(root.joinpath("clearing")):
            self._check(entry, f"{shown}/clearing/{entry.name}")

    def _detector(self, entry: Traversable, file: str, direction: Direction) -> None:
        try:
            detector = read_detector(_text(entry, file), file, direction, self.sources)
        except DetectorError as error:
            self.errors.append(error)
        else:
            self.detectors.append(detector)

    def _check(self, entry: Traversable, file: str) -> None:
        try:
            self.clearing.append(read_clearing(_text(entry, file), file, self.sources))
        except DetectorError as error:
            self.errors.append(error)

    def finish(self) -> Catalogue:
        self.errors += _twice([(d.id, d.file) for d in self.detectors])
        self.errors += _twice([(c.id, c.file) for c in self.clearing])
        codes = {check.id for check in self.clearing} | set(BUILT_IN_CLEARING)
        if not self.errors:
            self.errors += [e for d in self.detectors for e in _unknown_codes(d, codes)]
        if self.errors:
            raise _together(self.errors)
        return Catalogue(
            tuple(sorted(self.detectors, key=lambda d: d.id)),
            {check.id: check for check in sorted(self.clearing, key=lambda c: c.id)},
        )


def _text(entry: Traversable, file: str) -> str:
    """The text of a file.

    Raises:
        DetectorError: if it is not in UTF-8.
    """
    try:
        return entry.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DetectorError(
            toml_problem(error),
            where=file,
            expected=("UTF-8 编码的文本", "a text in UTF-8"),
            next_step=("另存为 UTF-8", "save the file in UTF-8"),
        ) from None


def read_detector(
    text: str, file: str, direction: Direction, sources: frozenset[str] | None = None
) -> Detector:
    """A detector that keeps every rule that can be checked without a server.

    Raises:
        DetectorError: naming the file, and every problem with its line.
    """
    detector = parse_detector(text, file=file, direction=direction, sources=sources)
    refuse(file, check(detector))
    return detector


def read_clearing(text: str, file: str, sources: frozenset[str] | None = None) -> ClearingCheck:
    """A clearing check that keeps every rule that can be checked without a server.

    Raises:
        DetectorError: naming the file, and every problem with its line.
    """
    clearing = parse_clearing(text, file=file, sources=sources)
    refuse(file, check(clearing))
    return clearing


def _cypher_files(folder: Traversable) -> Iterator[Traversable]:
    if folder.is_dir():
        yield from sorted(
            (e for e in folder.iterdir() if e.name.endswith(".cypher")), key=lambda e: e.name
        )


def _twice(named: list[tuple[str, str]]) -> list[DetectorError]:
    first: dict[str, str] = {}
    errors = []
    for name, file in named:
        if name in first:
            taken = (f"id {name} 已用于 {first[name]}", f"id {name} is taken by {first[name]}")
            errors.append(DetectorError(taken, where=file))
        first.setdefault(name, file)
    return errors


def _unknown_codes(detector: Detector, codes: set[str]) -> list[DetectorError]:
    line = detector.lines.get("clearing", 1)
    problems = [
        problem(line, "no_check", code=code) for code in detector.clearing if code not in codes
    ]
    try:
        refuse(detector.file, problems)
    except DetectorError as error:
        return [error]
    return []


def _together(errors: list[DetectorError]) -> DetectorError:
    if len(errors) == 1:
        return errors[0]
    return DetectorError(
        joined(joined([e.both.where, e.both.found], "：", ": ") for e in errors),
        next_step=(
            "改正这些文件；正确的写法见 docs/add-a-detector.md",
            "mend these files; docs/add-a-detector.md shows one that is right",
        ),
    )
