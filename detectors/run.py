"""All detectors over all households: hits, leads, and what became of every row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.detectors import both_sides, merge
from doudi.detectors.catalogue import catalogue
from doudi.detectors.checker import require_explained
from doudi.detectors.facts import Facts
from doudi.detectors.freeze import frozen, held_back
from doudi.detectors.search import Counts, Searched, search
from doudi.detectors.setting import open_setting, require_delivered
from doudi.detectors.values import build_places
from doudi.graph.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from doudi.detectors.catalogue import Catalogue
    from doudi.detectors.freeze import Held
    from doudi.detectors.header import Detector
    from doudi.detectors.setting import Setting
    from doudi.graph.connection import Connection
    from doudi.graph.projection import Projection
    from doudi.policy.parameters import Parameters

EXIT_FROZEN = 3

_NAMED = """
SELECT id, short FROM (
    SELECT place.id, coalesce(h.household_id, substr(place.id, strpos(place.id, '/') + 1)) AS short
    FROM place LEFT JOIN node_Household AS h USING (id))
WHERE list_contains(?, id) OR list_contains(?, short) ORDER BY id
"""


@dataclass(frozen=True)
class DetectorRun:
    """One detector's line of a receipt."""

    id: str
    version: int
    counts: Counts
    frozen_by: tuple[str, ...]


@dataclass(frozen=True)
class DetectReceipt:
    """What a detection run did.

    Attributes:
        detectors: One entry a detector, frozen ones too.
        hits: Columns of ``hits.parquet``.
        leads: Columns of ``leads.parquet``.
        held: Clearing codes some answers of which were held back, each with the silent sources.
        also_run: Leak detectors that ran on the error households only, for the net picture.
        outputs: Files written.
        messages: What a person should know.
    """

    as_of: date
    as_known: date | None
    detectors: tuple[DetectorRun, ...]
    hits: pa.Table
    leads: pa.Table
    held: Mapping[str, tuple[str, ...]]
    also_run: tuple[str, ...]
    outputs: tuple[str, ...]
    messages: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0, or 3 when a detector was frozen or a clearing check held back."""
        return EXIT_FROZEN if self.held or any(d.frozen_by for d in self.detectors) else 0

    def to_json(self) -> dict[str, Any]:
        """The receipt as JSON values."""
        return {
            "stage": "detect",
            "ok": self.exit_code == 0,
            "exit_code": self.exit_code,
            "inputs": {"as_of": f"{self.as_of:%Y-%m}", "as_known": _iso(self.as_known)},
            "outputs": list(self.outputs),
            "messages": list(self.messages),
            "detectors": [_line(run) for run in self.detectors],
            "also_run": list(self.also_run),
            "held_back": {code: list(slugs) for code, slugs in self.held.items()},
            "hits": self.hits.num_rows,
            "leads": self.leads.num_rows,
        }


def _line(run: DetectorRun) -> dict[str, Any]:
    counts = run.counts
    return {
        "id": run.id,
        "version": run.version,
        "eligible": counts.eligible,
        "rows": counts.rows,
        "below_grade": counts.below_grade,
        "outside_months": counts.outside_months,
        "hits": counts.hits,
        "cleared": counts.cleared,
        "frozen_by": list(run.frozen_by),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def detect(  # noqa: PLR0913 - the options of the command
    connection: Connection,
    projection: Projection,
    parameters: Parameters,
    *,
    as_of: date,
    detectors: Sequence[str] | None = None,
    households: Sequence[str] | None = None,
    out: Path | None = None,
    extra: Path | None = None,
    previous: Path | None = None,
    feeds: Mapping[str, date] | None = None,
    sick: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
) -> DetectReceipt:
    """Find, clear and merge.

    Args:
        connection: The graph, built from the projection.
        projection: The tables the graph was built from.
        parameters: Policy parameters.
        as_of: Any day of the month to look at.
        detectors: Ids; None runs all that are not retired.
        households: Graph Household ids or case numbers; None looks at all.
        out: Folder for ``hits.parquet`` and ``leads.parquet``; None writes nothing.
        extra: Folder with further detectors and checks (``home/detectors``).
        previous: ``hits.parquet`` of the run before; hits of frozen detectors are carried on.
        feeds: For each source the day its newest delivery was known; None takes the newest fact.
        sick: Sources whose newest delivery is not to be relied upon.
        progress: Told each detector and check as it begins.

    Returns:
        The receipt; ``exit_code`` is 3 when a detector was frozen or a clearing check held back.

    Raises:
        FutureAsOf: if the month is later than the last paid month.
        UnknownName: if a detector or household is not known.
        DetectorError: if a detector file is wrong, or the graph is not this projection's.
    """
    everything = _planned(connection, extra)
    chosen = everything.chosen(detectors)
    setting = open_setting(
        connection, projection, parameters, everything, as_of=as_of, feeds=feeds, progress=progress
    )
    require_delivered(setting)
    asked = _household_ids(setting, households)
    icy = frozen(everything.detectors, setting.feeds, as_of_end=setting.as_of_end, sick=sick)
    held = _held(setting, [d for d in chosen if d.id not in icy], sick)
    setting = replace(setting, held={code: one.reasons for code, one in held.items()})
    searched = search(setting, [d for d in chosen if d.id not in icy], asked)
    hits = _with_before(searched.hits, previous, [d.id for d in chosen if d.id in icy], asked)
    other = _other_side(setting, chosen, icy, hits)
    leads = _leads(setting, everything, hits, other.hits, icy)
    runs = [DetectorRun(d.id, d.version, _counts(d, searched), icy.get(d.id, ())) for d in chosen]
    found = _Found(hits, leads, runs, held, tuple(sorted(other.counts)))
    return _receipt(setting, found, _write(out, hits, leads))


@dataclass(frozen=True)
class _Found:
    """What a run found, before it is told."""

    hits: pa.Table
    leads: pa.Table
    runs: list[DetectorRun]
    held: Mapping[str, Held]
    also_run: tuple[str, ...]


def _receipt(setting: Setting, found: _Found, outputs: tuple[str, ...]) -> DetectReceipt:
    return DetectReceipt(
        as_of=setting.as_of,
        as_known=setting.as_known,
        detectors=tuple(found.runs),
        hits=found.hits,
        leads=found.leads,
        held={code: one.slugs for code, one in found.held.items()},
        also_run=found.also_run,
        outputs=outputs,
        messages=(*_messages(found.runs), *_held_messages(found.held)),
    )


def _held(
    setting: Setting, detectors: Sequence[Detector], sick: Collection[str]
) -> dict[str, Held]:
    """Clearing answers that are held back in a run of these detectors."""
    checks = setting.catalogue.used_by(detectors)
    return held_back(checks, setting.feeds, as_of_end=setting.as_of_end, sick=sick)


def _with_before(
    found: pa.Table, previous: Path | None, icy: list[str], asked: Sequence[str] | None
) -> pa.Table:
    """The hits found, beside what silent sources leave as the run before had it."""
    return _with_carried(_still_cleared(found, previous), previous, icy, asked)


def _planned(connection: Connection, extra: Path | None) -> Catalogue:
    """The catalogue, an office's own files planned by its server before any of them runs."""
    everything = catalogue(extra)
    if extra is not None:
        require_explained(connection, everything.under(extra))
    return everything


def _counts(detector: Detector, searched: Searched) -> Counts:
    return searched.counts.get(detector.id, Counts())


def _messages(runs: list[DetectorRun]) -> tuple[str, ...]:
    return tuple(
        f"{run.id}: 数据源缺失、过旧或异常，本次冻结 frozen by {', '.join(run.frozen_by)}"
        for run in runs
        if run.frozen_by
    )


def _held_messages(held: Mapping[str, Held]) -> tuple[str, ...]:
    return tuple(
        f"{code}: 数据源缺失、过旧或异常，不据以排除 held back for {', '.join(one.slugs)}"
        for code, one in held.items()
    )


def _still_cleared(found: pa.Table, previous: Path | None) -> pa.Table:
    """Hits found; one that a check had cleared whose answer is held back now stays as it was.

    Nothing is cleared because a source is silent, and nothing is accused.
    """
    if previous is None or not previous.exists() or "held_back" not in found.column_names:
        return found
    con = duckdb.connect()
    try:
        con.register("found", found)
        listed = ", ".join(f"p.{name}" for name in merge.HITS if name not in {"stale", "held_back"})
        return con.execute(
            "WITH kept AS (SELECT f.hit_id FROM found AS f JOIN read_parquet(?) AS p USING (hit_id) "
            "WHERE p.cleared AND list_has_any(f.held_back, p.clearing_codes)) "
            "SELECT * FROM found WHERE hit_id NOT IN (SELECT hit_id FROM kept) "
            f"UNION ALL BY NAME SELECT {listed}, true AS stale, []::VARCHAR[] AS held_back "
            "FROM read_parquet(?) AS p WHERE hit_id IN (SELECT hit_id FROM kept)",
            [str(previous), str(previous)],
        ).fetch_arrow_table()
    finally:
        con.close()


def _household_ids(setting: Setting, households: Sequence[str] | None) -> list[str] | None:
    """Ids of households, books and people alone, named by id or case or book number."""
    if households is None:
        return None
    facts = Facts(setting.folder)
    try:
        build_places(facts)
        rows = facts.rows(_NAMED, [list(households), list(households)])
        known = {str(name) for row in rows for name in row}
        for name in (name for name in households if name not in known):
            every = facts.rows("SELECT household_id FROM node_Household ORDER BY 1")
            raise UnknownName.among(
                ("户", "household"),
                name,
                [str(row[0]) for row in every],
                next_step=("写报送数据中的户编号", "give the case number as delivered"),
            )
    finally:
        facts.close()
    return [str(row[0]) for row in rows]


def _with_carried(
    found: pa.Table, previous: Path | None, detectors: list[str], households: Sequence[str] | None
) -> pa.Table:
    """The hits found, and those of frozen detectors from the run before, marked stale."""
    if previous is None or not previous.exists() or not detectors:
        return found
    con = duckdb.connect()
    try:
        carried = con.execute(
            f"SELECT {', '.join(n for n in merge.HITS if n not in ('stale', 'held_back'))}, "
            "true AS stale, []::VARCHAR[] AS held_back "
            "FROM read_parquet(?) WHERE list_contains(?, detector) AND "
            "(?::VARCHAR[] IS NULL OR list_contains(?::VARCHAR[], household))",
            [str(previous), detectors, households, households],
        ).fetch_arrow_table()
        return pa.concat_tables([found, carried], promote_options="default")
    finally:
        con.close()


def _other_side(
    setting: Setting,
    chosen: tuple[Detector, ...],
    icy: Mapping[str, tuple[str, ...]],
    hits: pa.Table,
) -> Searched:
    """The leak pass on the households of error leads, where it was not asked for.

    No error lead leaves before it: the people at the door must know both sides.
    """
    names = {d.id for d in chosen}
    missing = [
        d
        for d in setting.catalogue.chosen(None)
        if d.direction == "leak" and d.id not in names and d.id not in icy
    ]
    households = _names_of_accused(setting, hits) if missing else []
    if not households:
        return Searched(hits.slice(0, 0), {})
    return search(setting, missing, households)


def _names_of_accused(setting: Setting, hits: pa.Table) -> list[str]:
    """The households of error leads, by all names a leak may call them."""
    facts = Facts(setting.folder)
    try:
        facts.con.register("hits", hits)
        facts.con.execute(
            "CREATE OR REPLACE TABLE about AS SELECT DISTINCT household FROM hits "
            "WHERE direction = 'error' AND NOT cleared"
        )
        both_sides.build_known_as(facts, as_of=setting.as_of, as_of_end=setting.as_of_end)
        return [str(row[0]) for row in facts.rows("SELECT DISTINCT name FROM known_as ORDER BY 1")]
    finally:
        facts.close()


def _leads(
    setting: Setting,
    everything: Catalogue,
    hits: pa.Table,
    other: pa.Table,
    icy: Mapping[str, tuple[str, ...]],
) -> pa.Table:
    facts = Facts(setting.folder)
    try:
        facts.con.register("hits", hits)
        facts.con.register("other_side", other)
        titles = [
            (d.id, d.direction, d.title.zh, d.title.en, d.is_urgent) for d in everything.detectors
        ]
        merge.set_titles(facts, titles)
        unchecked = [d.id for d in everything.detectors if d.direction == "leak" and d.id in icy]
        merge.build_leads(
            facts, as_of=setting.as_of, as_of_end=setting.as_of_end, unchecked=unchecked
        )
        return facts.table("SELECT * FROM leads ORDER BY priority")
    finally:
        facts.close()


def _write(out: Path | None, hits: pa.Table, leads: pa.Table) -> tuple[str, ...]:
    if out is None:
        return ()
    out.mkdir(parents=True, exist_ok=True)
    paths = (out / "hits.parquet", out / "leads.parquet")
    for path, table in zip(paths, (hits, leads), strict=True):
        half = path.with_suffix(".part")
        pq.write_table(table, half, compression="zstd")
        half.replace(path)
    return tuple(str(path) for path in paths)
