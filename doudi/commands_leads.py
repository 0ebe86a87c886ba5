"""Commands around leads: leads list|show|assign|decide, report, receipt replay."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.looks import list_subject, note_look
from doudi.options import HomeOption, JsonOption, LangOption, Neo4jOption, open_line
from doudi.queries import records
from doudi.words import DIRECTIONS

if TYPE_CHECKING:
    import pandas as pd

    from doudi.stages import Line

TownshipOption = Annotated[str | None, typer.Option("--township", help="乡镇代码 township code")]
AsOption = Annotated[str | None, typer.Option("--as", help="经办人账号 account; else the user")]
PurposeOption = Annotated[
    str, typer.Option(help="用途，记入访问日志 what for, kept in the access log")
]
LeadArgument = Annotated[str, typer.Argument(help="线索编号 lead")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    leads = typer.Typer(help="线索 leads and decisions", no_args_is_help=True)
    leads.command("list")(list_leads)
    leads.command("show")(show)
    leads.command("assign")(assign)
    leads.command("decide")(decide)
    app.add_typer(leads, name="leads")
    receipts = typer.Typer(help="证据回执 evidence receipts", no_args_is_help=True)
    receipts.command("replay")(replay)
    app.add_typer(receipts, name="receipt")
    app.command()(report)


def _ledger(line: Line) -> Any:  # noqa: ANN401 - imported on use only
    from doudi.casework.ledger import Ledger

    return Ledger.open(line.home.ledger_url)


def list_leads(
    state: Annotated[str | None, typer.Option(help="状态 state")] = None,
    township: TownshipOption = None,
    direction: Annotated[str | None, typer.Option(help="error | leak")] = None,
    detector: Annotated[str | None, typer.Option(help="E22")] = None,
    limit: Annotated[int, typer.Option(min=1, help="最多条数 at most so many")] = 20,
    actor: AsOption = None,
    purpose: PurposeOption = "leads list",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """列出线索，先防漏后防错 List leads, in the order in which to look at them."""
    line = open_line(home, lang=lang, as_json=as_json)
    filters = {
        "state": state,
        "township": township,
        "direction": direction,
        "detector": detector,
    }
    with _ledger(line) as ledger:
        frame = ledger.leads(**filters, limit=limit)
    _note(line, actor, purpose, list_subject("leads", filters), frame)
    columns = ["lead_id", "direction", "household_id", "township", "detectors", "months"]
    columns += ["exposure_cny", "status"]
    cells = _in_words(frame.assign(detectors=frame["detectors"].map(list)), line)[columns]
    line.console.table(columns, cells.astype(object).to_numpy().tolist())
    if frame.empty:
        line.console.say("没有这样的线索", "there are no such leads")
    line.console.receipt({"stage": "leads", "ok": True, "exit_code": 0, "leads": records(frame)})
    return 0


def _note(line: Line, actor: str | None, purpose: str, subject: str, shown: pd.DataFrame) -> None:
    note_look(
        line,
        who=actor or "",
        purpose=purpose,
        subject=subject,
        fields=list(shown.columns),
        count=len(shown),
    )


def _in_words(frame: pd.DataFrame, line: Line) -> pd.DataFrame:
    """Codes of directions, states and steps in Chinese, where that is the language."""
    from doudi.casework.states import STATES, STEPS

    if line.console.lang == "en":
        return frame
    states = {code: state.zh for code, state in STATES.items()}
    words = {"direction": DIRECTIONS, "status": states, "to_state": states, "action": STEPS}
    known = {name: frame[name].replace(to) for name, to in words.items() if name in frame}
    return frame.assign(**known)


def show(
    lead_id: LeadArgument,
    actor: AsOption = None,
    purpose: PurposeOption = "leads show",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """查看一条线索 Show one lead: what contradicts what, months, history."""
    from doudi.workspace import Workspace

    line = open_line(home, lang=lang, as_json=as_json)
    workspace = Workspace(line.home.path, lang=line.console.lang, who=actor or "", purpose=purpose)
    lead = workspace.lead(lead_id)
    line.console.show(lead.sentence, lead.sentence)
    hits = lead.hits()
    line.console.show(lead.both_sides, lead.both_sides)
    cells = hits.assign(clearing_codes=hits["clearing_codes"].map(list))
    line.console.table(list(hits.columns), cells.astype(object).to_numpy().tolist())
    with _ledger(line) as ledger:
        history = ledger.history(lead_id)
    columns = ["seq", "at", "action", "to_state", "actor", "second_actor", "reason", "outcome"]
    steps = _in_words(history, line)[columns]
    line.console.table(columns, steps.astype(object).to_numpy().tolist())
    line.console.receipt(
        {"stage": "lead", "ok": True, "exit_code": 0, "hits": records(hits)}
        | {"history": records(history)}
    )
    return 0


def assign(
    lead_id: LeadArgument,
    to: Annotated[str, typer.Argument(help="承办人账号 account of the handler")],
    actor: AsOption = None,
    recused: Annotated[
        str | None,
        typer.Option(help="应回避人员账号，逗号分隔 kin of the household, divided by commas"),
    ] = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """指派 Assign a lead to a person."""
    line = open_line(home, lang=lang, as_json=as_json)
    with _ledger(line) as ledger:
        card = ledger.assign(lead_id, to, actor=actor or line.who, recused=_accounts(recused))
    return _say_card(line, card)


def _accounts(text: str | None) -> list[str]:
    return [name.strip() for name in re.split("[,，、]", text or "") if name.strip()]


def decide(
    lead_id: LeadArgument,
    action: Annotated[str, typer.Argument(help="步骤 step, such as dispatch, accept, report")],
    actor: AsOption = None,
    second: Annotated[str | None, typer.Option("--second", help="第二人 second person")] = None,
    reason: Annotated[str, typer.Option(help="书面理由 written reason")] = "",
    outcome: Annotated[str | None, typer.Option(help="核查结果代码 such as A1, C1, H1")] = None,
    role: Annotated[
        str | None, typer.Option(help="角色 role: steward, analyst, township, county")
    ] = None,
    expected_seq: Annotated[
        int | None,
        typer.Option(
            "--expected-seq", help="所见的最后一步；已有新步骤则拒绝 last step seen; else refused"
        ),
    ] = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """办理一步 Take one step with a lead; nothing is overwritten."""
    line = open_line(home, lang=lang, as_json=as_json)
    with _ledger(line) as ledger:
        card = ledger.decide(
            lead_id,
            action,
            actor=actor or line.who,
            second_actor=second,
            reason=reason,
            outcome=outcome,
            role=role,
            expected_seq=expected_seq,
        )
    return _say_card(line, card)


def _say_card(line: Line, card: Any) -> int:  # noqa: ANN401 - imported on use only
    from doudi.casework.states import STATES

    state = STATES[card.state]
    line.console.show(f"{card.lead_id}：{state.zh}", f"{card.lead_id}: {state.en}")
    receipt = {"stage": "decide", "ok": True, "exit_code": 0}
    line.console.receipt(receipt | {"lead_id": card.lead_id, "state": card.state, "seq": card.seq})
    return 0


def report(
    lead_id: Annotated[str | None, typer.Argument(help="线索编号 lead")] = None,
    township: TownshipOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="HTML 文件 file to write")] = None,
    actor: AsOption = None,
    purpose: PurposeOption = "report",
    run: Annotated[
        str, typer.Option("--run", help="某次比对 a detection run, such as one as known earlier")
    ] = "",
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """写出可打印的报告 Write a self-contained, printable HTML dossier."""
    from doudi.dossier import write_report

    line = open_line(home, lang=lang, as_json=as_json)
    path = write_report(
        line,
        lead_id=lead_id,
        township=township,
        out=out,
        who=actor or "",
        purpose=purpose,
        run=run,
    )
    line.console.show(f"报告：{path}", f"report: {path}")
    line.console.receipt({"stage": "report", "ok": True, "exit_code": 0, "outputs": {"html": path}})
    return 0


def replay(
    hit: Annotated[str, typer.Argument(help="命中编号或线索编号 hit or lead")],
    home: HomeOption = None,
    neo4j: Neo4jOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """在重建的图上复算证据 Reproduce a receipt, or name the edge that changed."""
    from doudi.detectors.receipt import replay as again

    line = open_line(home, lang=lang, as_json=as_json, neo4j=neo4j)
    hits, known = line.hits_of(hit)
    with line.graph_as_known(known) as (connection, projection):
        result = again(
            hit,
            hits,
            connection,
            projection,
            line.parameters(known),
            extra=line.home.path / "detectors",
        )
    for sentence in result.sentences(line.console.lang):  # one an edge that differs
        line.console.show(sentence, sentence)
    line.console.receipt(
        {"stage": "replay", "exit_code": 0 if result.same else 1} | result.to_json()
    )
    return 0 if result.same else 1
