"""Numbers and names behind pseudonyms: the access log has the entry before anything is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.errors import HomeError, UsageError, filled
from doudi.looks import list_subject, note_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doudi.loaders.vault import Revealed
    from doudi.stages import Line

FIELDS = ("number", "names")


def reveal(line: Line, pids: Sequence[str], *, reason: str, who: str = "") -> list[Revealed]:
    """Number and names of people, logged one by one; whoever is not known is logged too.

    Args:
        line: The home.
        pids: Pseudonyms.
        reason: What for, in words, without personal data.
        who: Account of the person; the machine's user where it is empty.

    Raises:
        UsageError: without a reason, or if one of them is nobody's.
        HomeError: if nothing was loaded, or the vault does not open.
    """
    from doudi.loaders.vault import known
    from doudi.loaders.vault import reveal as opened

    require_reason(reason)
    require_loaded(line)
    asked = list(dict.fromkeys(pids))
    there = known(line.home.path, asked)
    for pid in asked:  # an entry each
        note_look(
            line,
            purpose=reason,
            subject=list_subject("reveal", {"pid": pid}),
            fields=FIELDS,
            count=int(pid in there),
            who=who,
        )
    require_known(asked, there)
    return opened(line.home.path, asked)


def require_reason(reason: str) -> None:
    """Refuse a look or a deletion without a reason.

    Raises:
        UsageError: if there is none.
    """
    if not reason.strip():
        raise UsageError(
            ("未写明用途", "there is no reason"),
            where="--reason",
            expected=(
                "为何需要，不含个人信息",
                "what for, without personal data",
            ),
            next_step=("写明用途，如 --reason 入户核查", 'give one, as in --reason "visit"'),
        )


def require_loaded(line: Line) -> None:
    """Refuse to look into a home that holds nothing.

    Raises:
        HomeError: if nothing was loaded.
    """
    if not line.home.has_tables:
        raise HomeError(
            ("尚未载入数据", "nothing is loaded"),
            where=str(line.home.path),
            next_step=("核对 --home，或先 doudi load", "check --home, or doudi load first"),
        )


def require_known(asked: Sequence[str], there: set[str]) -> None:
    """Refuse pseudonyms that are nobody's, told by their place among those typed.

    Raises:
        UsageError: if any is.
    """
    unknown = [place for place, pid in enumerate(asked, start=1) if pid not in there]
    if unknown:
        places = ", ".join(map(str, unknown))
        raise UsageError(
            filled(
                "第 {places} 个代码不是任何人的",
                "pseudonym {places} of those typed is nobody's",
                places=places,
            ),
            expected=("线索、报告或查询结果中的人员代码", "a pid of a lead, a report or a query"),
            next_step=(
                "核对代码；输入身份证号是查不到的",
                "check it; a number itself finds nobody",
            ),
        )
