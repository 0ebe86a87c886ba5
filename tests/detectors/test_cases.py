"""Every detector and clearing check against its case file, on a real server."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doudi.detectors.cases import read_cases, run_case
from doudi.detectors.catalogue import known_sources, read_clearing, read_detector

if TYPE_CHECKING:
    from doudi.detectors.header import ClearingCheck, Detector
    from doudi.graph.connection import Connection

HERE = Path(__file__).resolve().parent


def _read(folder: str, name: str) -> Detector | ClearingCheck:
    text = files("doudi.detectors").joinpath(folder, name).read_text("utf-8")
    if folder == "clearing":
        return read_clearing(text, f"{folder}/{name}")
    if folder == "error":
        return read_detector(text, f"{folder}/{name}", "error", known_sources())
    return read_detector(text, f"{folder}/{name}", "leak", known_sources())


def _files() -> list[tuple[str, str]]:
    root = files("doudi.detectors")
    return [
        (folder, entry.name)
        for folder in ("error", "leak", "clearing")
        if root.joinpath(folder).is_dir()
        for entry in sorted(root.joinpath(folder).iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".cypher")
    ]


@pytest.mark.parametrize(("folder", "name"), _files())
def test_the_file_keeps_every_rule(folder: str, name: str) -> None:
    assert _read(folder, name).stem == name.removesuffix(".cypher")


@pytest.mark.neo4j
@pytest.mark.parametrize(("folder", "name"), _files())
def test_every_case_holds(folder: str, name: str, empty_graph: Connection) -> None:
    item = _read(folder, name)
    differences = []
    for case in read_cases(HERE / f"{item.stem}.toml", item):
        empty_graph.run("MATCH (n) DETACH DELETE n")
        differences += [f"{case.name}: {text}" for text in run_case(empty_graph, item, case)]
    assert differences == []
