"""``doudi demo``: from nothing to a report, on a synthetic county, with a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi import __version__
from doudi.dossier import write_report
from doudi.graph.errors import UsageError, filled
from doudi.graph.server import ManagedServer
from doudi.home import read_json
from doudi.loaders.source import sources
from doudi.tellings import say_detected, say_loaded

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.errors import Pair
    from doudi.stages import Line

SHOWN_FIRST = 3
MADE_OF = "county.json"
"""File of a county that says, among other things, its seed and the version that made it."""


def demo(line: Line, *, seed: int) -> dict[str, Any]:
    """Make a county, load it, detect, rank, write the report, stop the server."""
    county = line.home.county
    _require_no_office(line)
    _require_same_county(line, seed)
    made = line.synth(county, seed=seed, dirt=1, force=True, sources=sources())
    loaded = line.load(sorted((county / "deliveries").iterdir()))
    say_loaded(line, loaded)
    month = line.as_of(None)
    try:
        detected = line.detect(as_of=month)
        say_detected(line, detected)
        ranked = line.rank(as_of=month, capacity=line.home.settings.capacity)
        with line.console.stage("写报告", "writing the report"):
            report = write_report(line)
    finally:
        if not line.home.settings.neo4j.uri:
            ManagedServer(line.home.path / "graph", line.neo4j_settings()).down()
    _say_first(line, report)
    stages = [made, loaded, detected, ranked]
    code = max(int(stage["exit_code"]) for stage in stages)
    return {
        "stage": "demo",
        "ok": code == 0,
        "exit_code": code,
        "outputs": {"home": line.home.path, "report": report},
        "stages": stages,
    }


def _require_no_office(line: Line) -> None:
    """Synthetic people and an office's deliveries do not share a home."""
    if any(line.home.tables.iterdir()) and not line.home.county.exists():
        raise UsageError(
            (
                "此主目录存有单位报送的数据；演示会混入合成人员",
                "this home holds an office's deliveries; the demo would mix synthetic people in",
            ),
            where=str(line.home.path),
            next_step="doudi demo --home doudi-demo",
        )


def _require_same_county(line: Line, seed: int) -> None:
    """Another seed, or another version's generator, makes other people under the same numbers."""
    if not line.home.has_tables:
        return
    wanted = {"seed": seed, "version": __version__}
    told = read_json(line.home.county / MADE_OF)
    made = {name: told.get(name, ("不详", "unknown")) for name in wanted}
    if made != wanted:
        raise UsageError(
            filled(
                "此主目录已有另一个合成县（{made}）；不能再混入另一个（{wanted}）",
                "this home holds another synthetic county ({made}); {wanted} would be mixed in",
                made=_in_words(made),
                wanted=_in_words(wanted),
            ),
            where=str(line.home.path),
            expected=(
                "空的主目录，或种子和版本相同的主目录",
                "an empty home, or one of the same seed and version",
            ),
            next_step=f"doudi demo --seed {seed} --home doudi-demo-{seed}",
        )


def _in_words(made: dict[str, Any]) -> Pair:
    return filled("种子 {seed}、doudi {version}", "seed {seed}, doudi {version}", **made)


def _say_first(line: Line, report: Path) -> None:
    """Where the report lies, and the three leads to look at first."""
    from doudi.workspace import Workspace

    workspace = Workspace(line.home.path, lang=line.console.lang)
    line.console.show("\n先看这三条线索：", "\nThe three leads to look at first:")
    for lead_id in workspace.leads().head(SHOWN_FIRST)["lead_id"]:
        sentence = workspace.lead(lead_id).sentence
        line.console.show(f"  {lead_id}  {sentence}", f"  {lead_id}  {sentence}")
    line.console.show(f"\n报告：{report.as_uri()}", f"\nReport: {report.as_uri()}")
    line.console.show(
        f"继续：doudi --help，主目录 {line.home.path}",
        f"Go on: doudi --help; home {line.home.path}",
    )
