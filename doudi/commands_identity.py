"""Commands around who is who: identity review, identity decide."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doudi.looks import list_subject, note_look
from doudi.options import HomeOption, JsonOption, LangOption, WaitOption, open_line

if TYPE_CHECKING:
    from doudi.loaders.conflicts import Conflict
    from doudi.stages import Line

COLUMNS = ("item", "kind", "left", "right", "probability", "rule", "sources", "decided")
ReasonOption = Annotated[str, typer.Option("--reason", help="书面理由 written reason")]
WhoOption = Annotated[str | None, typer.Option("--as", help="经办人 who decides")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    identity = typer.Typer(help="身份核对 who is who", no_args_is_help=True)
    identity.command()(review)
    identity.command()(decide)
    app.add_typer(identity, name="identity")


def review(
    kind: Annotated[str | None, typer.Option(help="possible | surname | altered")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """待核身份 List doubtful identities: what speaks for each, without names or numbers."""
    from doudi.loaders.conflicts import KINDS, conflicts

    line = open_line(home, lang=lang, as_json=as_json)
    _require_kind(kind, KINDS)
    found = [c for c in conflicts(*_store(line)) if kind in (None, c.kind)]
    note_look(
        line,
        purpose="identity review",
        subject=list_subject("identity", {"kind": kind}),
        fields=COLUMNS,
        count=len(found),
    )
    line.console.table(COLUMNS, [_row(line, conflict) for conflict in found])
    waiting = sum(not conflict.verdict for conflict in found)
    line.console.say(f"待核 {waiting} 项", f"{waiting} to decide")
    receipt: dict[str, Any] = {"stage": "identity", "ok": True, "exit_code": 0}
    line.console.receipt(receipt | {"waiting": waiting, "items": [asdict(c) for c in found]})
    return 0


def decide(
    item: Annotated[str, typer.Argument(help="编号 item of the list")],
    verdict: Annotated[str, typer.Argument(help="same 同一人 | different 不是同一人")],
    reason: ReasonOption = "",
    actor: WhoOption = None,
    wait: WaitOption = 0.0,
    home: HomeOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    """认定身份 Decide one of them; kept with name, time and reason, and never overwritten."""
    from doudi.loaders.conflicts import conflicts, named_in
    from doudi.loaders.decisions import decide as keep
    from doudi.loaders.resolve import resolve_home

    line = open_line(home, lang=lang, as_json=as_json, wait=wait)
    chosen = named_in(conflicts(*_store(line)), item)
    with line.locked("identity"):
        keep(
            line.home.tables, chosen.left, chosen.right, verdict,
            by=actor or line.who, reason=reason,
        )  # fmt: skip  # one call
        resolved = resolve_home(line.home.path)
    line.console.show(
        f"{item}：{verdict}；现有 {resolved.linked} 人已关联，{resolved.possible} 人待核",
        f"{item}: {verdict}; {resolved.linked} names linked, {resolved.possible} possible",
    )
    receipt: dict[str, Any] = {"stage": "identity", "ok": True, "exit_code": 0}
    line.console.receipt(receipt | {"item": item, "verdict": verdict} | asdict(resolved))
    return 0


def _require_kind(kind: str | None, known: dict[str, tuple[str, str]]) -> None:
    from doudi.graph.errors import UnknownName

    if kind is not None and kind not in known:
        raise UnknownName.among(
            ("类别", "kind"), kind, known, where="--kind", next_step="doudi identity review"
        )


def _store(line: Line) -> tuple[Any, ...]:
    """The fact tables, the names, the vault's folder and what opens it."""
    from doudi.graph.tables import FactStore
    from doudi.loaders.identity import Keys
    from doudi.loaders.names import read_names

    vault = Keys(line.home.path / "keys").vault
    folder = line.home.path / "vault"
    return FactStore(line.home.tables), read_names(folder / "names", vault), folder, vault


def _row(line: Line, conflict: Conflict) -> list[object]:
    from doudi.loaders.conflicts import KINDS

    words = asdict(conflict) | {
        "kind": line.console.text(*KINDS[conflict.kind]),
        "sources": ", ".join(conflict.sources),
        "decided": conflict.verdict,
    }
    return [words[name] for name in COLUMNS]
