"""The catalogue of detectors as a page, written from the headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.detectors.catalogue import catalogue
from doudi.detectors.header import BUILT_IN_CLEARING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doudi.detectors.catalogue import Catalogue
    from doudi.detectors.entries import Param
    from doudi.detectors.header import ClearingCheck, Detector

_HEAD = """\
# Detectors

Written from the headers of the files in `detectors/` by `make docs`; do not edit. How to add
one: [add-a-detector.md](add-a-detector.md). A hit names a fact, the state it contradicts, and the
paid months in which it does. It never says why, and never decides. K1 is a contradiction between
registers, K2 is circumstantial, K3 a peer anomaly that is never followed up alone.
"""

_SECTIONS = {"error": "防错 Error prevention", "leak": "防漏 Leak prevention"}


def render(everything: Catalogue | None = None) -> str:
    """The page ``docs/detectors.md``."""
    known = everything or catalogue()
    return "\n".join(_lines(known)).rstrip() + "\n"


def _lines(known: Catalogue) -> Iterator[str]:
    yield _HEAD
    for direction, title in _SECTIONS.items():
        detectors = [d for d in known.detectors if d.direction == direction]
        yield f"## {title} ({len(detectors)})"
        yield ""
        for detector in detectors:
            yield from _detector(detector)
    yield f"## 排除核查 Clearing checks ({len(known.clearing) + len(BUILT_IN_CLEARING)})"
    yield ""
    yield from _clearing(known)


def _detector(detector: Detector) -> Iterator[str]:
    yield f"### {detector.id} {detector.title.zh} · {detector.title.en}"
    yield ""
    state = f"version {detector.version} · {detector.status}"
    yield f"{detector.strength} · {state} · `{detector.file}`"
    yield ""
    yield f"* {detector.states.zh} / {detector.states.en}"
    yield f"* Reads: {', '.join(f'`{s}` (≤ {d} days)' for s, d in detector.sources.items())}"
    if detector.needs:
        yield f"* Needs: {', '.join(f'`{name}`' for name in detector.needs)}"
    yield f"* Identity at least `{detector.min_grade}`; basis {', '.join(detector.basis)}"
    yield f"* Checked before it is shown: {', '.join(detector.clearing) or 'nothing'}"
    if detector.recompute:
        yield f"* Months count where the recomputed income is over (`{detector.recompute}`)"
    yield f"* Innocent explanations: {'; '.join(text.en for text in detector.harmless)}"
    yield f"* Cannot see: {'; '.join(text.en for text in detector.blind)}"
    yield f"* At the door: {detector.ask.zh} / {detector.ask.en}"
    yield from _params(detector.params)
    yield ""


def _params(params: tuple[Param, ...]) -> Iterator[str]:
    for param in params:
        policy = f", or the county's `{param.policy}`" if param.policy else ""
        yield f"* `{param.name}` = {param.default} ({param.unit}){policy}: {param.why}"


def _clearing(known: Catalogue) -> Iterator[str]:
    rows: list[tuple[str, str, ClearingCheck | None]] = [
        (code, f"{zh} / {en} (built in)", None) for code, (zh, en) in BUILT_IN_CLEARING.items()
    ]
    rows += [
        (code, f"**{c.title.zh} · {c.title.en}** {c.explains.zh} / {c.explains.en}", c)
        for code, c in known.clearing.items()
    ]
    for code, text, check in sorted(rows, key=lambda row: row[0]):
        users = ", ".join(d.id for d in known.detectors if code in d.clearing)
        yield f"* **{code}** {text}; for {users or 'no detector'}"
        for slug, silence in check.silence.items() if check else ():
            which = ", ".join(f"`{reason}`" for reason in silence.reasons) or "every answer"
            yield f"  * Held back while `{slug}` is silent (> {silence.days} days): {which}"
        for line in _params(check.params) if check else ():
            yield f"  {line}"
