"""``rank``: which households to visit first with help.

What it writes never reaches a detector, never lowers a benefit, and is no score of a person.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import HomeError
from doudi.ranking import model_file
from doudi.ranking.choose import TO_CHECK, TO_LEARN, Choice, choose, enough
from doudi.ranking.draw import Drawn, capacities, draw
from doudi.ranking.explain import lacking, reasons
from doudi.ranking.families import Families
from doudi.ranking.features import FeatureTable, features_at, told_apart
from doudi.ranking.known import KnownStates
from doudi.ranking.messages import Findings, messages
from doudi.ranking.models import RULES
from doudi.ranking.outcome import Labelled, labelled, outcomes_in
from doudi.ranking.windows import Plan, Window, months_later, plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from numpy.typing import NDArray

    from doudi.graph.errors import Lang
    from doudi.graph.projection import Projection
    from doudi.graph.tables import FactStore

RANKING = pa.schema(
    [
        ("household_id", pa.string()),
        ("register", pa.string()),
        ("area_code", pa.string()),
        ("township", pa.string()),
        ("as_of", pa.string()),
        ("score", pa.float64()),
        ("rank", pa.int32()),
        ("township_rank", pa.int32()),
        ("arm", pa.string()),
        ("propensity", pa.float64()),
        ("listed", pa.bool_()),
        ("reasons", pa.list_(pa.string())),
        ("lacking", pa.list_(pa.string())),
        ("reasons_zh", pa.list_(pa.string())),
        ("reasons_en", pa.list_(pa.string())),
        ("lacking_zh", pa.list_(pa.string())),
        ("lacking_en", pa.list_(pa.string())),
    ]
)
"""Columns of ``ranking.parquet``; one row an eligible household. ``listed`` households are to be
visited; ``propensity`` is each one's probability of being listed. ``reasons`` and ``lacking`` are in
the language of the run, and beside them in both."""


@dataclass(frozen=True)
class RankReceipt:
    """What a ranking did.

    Attributes:
        stage: ``rank``.
        model: Name, features, digest, and the days it was made for.
        baselines: Measures of the plain rules in the check window.
        capacity: Visits by township, and how many households are listed.
        metrics: Measures of the models in the check window, with denominators and intervals.
        inputs: The days of knowledge that were used.
        outputs: Files written.
        messages: What the reader must know, in the chosen language.
    """

    stage: str
    model: dict[str, Any]
    baselines: dict[str, Any]
    capacity: dict[str, Any]
    metrics: dict[str, Any]
    inputs: dict[str, Any]
    outputs: tuple[str, ...]
    messages: tuple[str, ...]
    ok: bool = True
    exit_code: int = 0

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain values."""
        return asdict(self) | {"outputs": list(self.outputs), "messages": list(self.messages)}


def rank(  # noqa: PLR0913 - each option stands for itself
    store: FactStore,
    *,
    as_of: date,
    as_known: date | None = None,
    capacity: int | Path = 40,
    out: Path,
    seed: int = 0,
    lang: Lang = "zh",
    projection: Projection | None = None,
    progress: Callable[[str], None] | None = None,
) -> RankReceipt:
    """Order all households that may fall back, and list whom each township visits.

    Args:
        store: The fact tables, and the policy parameters beside them.
        as_of: First day of the last month that counts.
        as_known: Last day of knowledge that counts; all knowledge when None.
        capacity: Visits a township can make, or a CSV file with ``township, capacity``.
        out: Folder for ``ranking.parquet``, ``model.skops`` and ``model.json``.
        seed: Of everything random: the same seed and data give the same list.
        lang: Language of ``reasons``, ``lacking`` and messages; the table has both languages too.
        projection: A projection that is there already; used where its day of knowledge fits.
        progress: Called with the name of each step.

    Raises:
        RankingError: if there is too little history, or too few outcomes, to learn from.
        UsageError: if the capacity cannot be used.
        HomeError: if the folder cannot be written.
    """
    say = progress or (lambda _step: None)
    days = plan(as_of)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix=".ranking-", dir=out) as work,
            KnownStates(
                store, Path(work), projection=projection, as_known=as_known, progress=progress
            ) as known,
        ):
            learnt = _learn(known, days, capacity, seed=seed, say=say)
        return _write(learnt, days, out, seed=seed, lang=lang)
    except OSError as error:
        raise HomeError(
            (
                f"无法写入排序结果（{error.strerror}）",
                f"the ranking cannot be written ({error.strerror})",
            ),
            where=str(out),
            expected=(
                "当前用户可写、磁盘有空间的文件夹",
                "a folder this user may write to, on a disk with room",
            ),
            next_step=(
                "改正权限或腾出空间，再重新排序",
                "mend the permissions or free some space, then rank again",
            ),
        ) from error


@dataclass(frozen=True)
class _Learnt:
    choice: Choice
    train: tuple[Labelled, ...]
    now: FeatureTable
    capacity: dict[str, int]
    silent: list[str]
    largest_family: float
    late: tuple[int, int]
    states: dict[str, str]
    history: bool


def _learn(
    known: KnownStates,
    days: Plan,
    capacity: int | Path,
    *,
    seed: int,
    say: Callable[[str], None],
) -> _Learnt:
    say("特征与结果 features and outcomes")
    check = _labelled(known, days.check)
    enough(check, TO_CHECK)
    train = tuple(_labelled(known, window) for window in days.train)
    enough(train[0], TO_LEARN)
    recent = [_labelled(known, window) for window in days.recent]
    now = _features(known, days.score)
    seen = [part.features for part in (*train, check, *recent)]
    usable, silent = told_apart(seen)
    families = Families(known.at(days.check), seen)
    towns = np.concatenate([part.column("township") for part in (check.features, now)])
    visits = capacities(capacity, towns)
    say("模型与规则 models and rules")
    choice = choose(train, check, recent, usable, families, visits, seed=seed)
    return _Learnt(
        choice=choice,
        train=train,
        now=now,
        capacity=visits,
        silent=silent,
        largest_family=families.largest_share(),
        late=known.late(days.score.known_until),
        states=_states(known, days),
        history=days.check.known_until < known.days_[0],
    )


def _named(days: Plan) -> dict[str, Window]:
    return {"train": days.train[0], "check": days.check, "score": days.score}


def _states(known: KnownStates, days: Plan) -> dict[str, str]:
    return {
        name: known.state(window.known_until).isoformat() for name, window in _named(days).items()
    }


def _features(known: KnownStates, window: Window) -> FeatureTable:
    return features_at(known.at(window), known.rules(window), t=window.t)


def _labelled(known: KnownStates, window: Window) -> Labelled:
    features = _features(known, window)
    outcomes = outcomes_in(known.after(window), features, window)
    return labelled(features, outcomes, window)


def _write(learnt: _Learnt, days: Plan, out: Path, *, seed: int, lang: Lang) -> RankReceipt:
    choice, now = learnt.choice, learnt.now
    card = model_file.save(choice.model, choice.name, choice.names, days.check.end.isoformat(), out)
    score = model_file.load(out).score(now, choice.names)
    names, towns = now.column("household"), now.column("township")
    drawn = draw(score, names, towns, _of(learnt.capacity, towns), seed=seed)
    table = _table(now, score, drawn, choice, as_of=_month_before(days.score.t), lang=lang)
    pq.write_table(table, out / "ranking.parquet", compression="zstd")
    findings = _findings(learnt, drawn)
    measured = {name: found.as_json() for name, found in choice.measures.items()}
    return RankReceipt(
        stage="rank",
        model=asdict(card) | {"features": list(card.features), "windows": _windows(days)},
        baselines={name: measured[name] for name in RULES},
        capacity={
            "townships": _of(learnt.capacity, towns),
            "listed": int(drawn.listed.sum()),
            "at_random": int((drawn.arm == "random").sum()),
        },
        metrics=_metrics(learnt, measured),
        inputs={"known": learnt.states},
        outputs=("ranking.parquet", model_file.MODEL, model_file.CARD),
        messages=messages(findings, lang),
    )  # fmt: skip


def _of(capacity: dict[str, int], towns: NDArray[Any]) -> dict[str, int]:
    here = set(towns.tolist())
    return {town: visits for town, visits in capacity.items() if town in here}


def _month_before(t: date) -> str:
    return f"{months_later(t, -1):%Y-%m}"


def _windows(days: Plan) -> dict[str, list[str]]:
    return {
        name: [window.t.isoformat(), window.end.isoformat()]
        for name, window in _named(days).items()
    }


def _metrics(learnt: _Learnt, measured: dict[str, Any]) -> dict[str, Any]:
    models = {name: found for name, found in measured.items() if name not in RULES}
    return {
        "chosen": learnt.choice.name,
        "check": models,
        "train": [
            {
                "t": part.window.t.isoformat(),
                "households": len(part.fell_back),
                "outcomes": part.outcomes,
            }
            for part in learnt.train
        ],
        "score": {"households": learnt.now.table.num_rows},
        "interval": "90 % bootstrap over families; mean over townships",
        "late_facts": {"came_later": learnt.late[0], "dated_before": learnt.late[1]},
    }


def _findings(learnt: _Learnt, drawn: Drawn) -> Findings:
    return Findings(
        chosen=learnt.choice.name,
        measures=learnt.choice.measures,
        silent=tuple(learnt.silent),
        largest_family=learnt.largest_family,
        late=learnt.late,
        history=learnt.history,
        listed=int(drawn.listed.sum()),
        households=len(drawn.listed),
    )


def _table(
    now: FeatureTable,
    score: NDArray[np.float64],
    drawn: Drawn,
    choice: Choice,
    *,
    as_of: str,
    lang: Lang,
) -> pa.Table:
    why, gaps = reasons(choice.model, now, choice.names), lacking(now)
    own = {name: now.table[name] for name in ("household_id", "register", "area_code", "township")}
    columns = own | {
        "as_of": [as_of] * len(score),
        "score": np.round(score, 6),
        "rank": drawn.rank,
        "township_rank": drawn.township_rank,
        "arm": drawn.arm,
        "propensity": drawn.propensity,
        "listed": drawn.listed,
        "reasons": why[lang],
        "lacking": gaps[lang],
    }
    columns |= {f"reasons_{each}": texts for each, texts in why.items()}
    columns |= {f"lacking_{each}": texts for each, texts in gaps.items()}
    return pa.table(columns, schema=RANKING).sort_by("rank")
