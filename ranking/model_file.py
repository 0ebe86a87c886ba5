"""The chosen model on disk: ``model.skops`` and, beside it, ``model.json`` with what it expects."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import RankingError
from doudi.ranking.models import probability

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from doudi.ranking.features import FeatureTable
    from doudi.ranking.models import Classifier

MODEL, CARD = "model.skops", "model.json"
_OURS = {
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
}
"""Types of our models that skops does not know by itself; a file with others is not ours."""


@dataclass(frozen=True)
class ModelCard:
    """What stands beside a model.

    Attributes:
        name: Which model.
        features: Its features, in the order of its columns.
        digest: SHA-256 of the model file.
        learnt_until: First day after the last outcome it learnt from.
        scikit_learn: The version that made it.
        purpose: What it is for, and for nothing else.
    """

    name: str
    features: tuple[str, ...]
    digest: str
    learnt_until: str
    scikit_learn: str
    purpose: str = "order of outreach visits; no input to detectors, benefits or checks"


@dataclass(frozen=True)
class SavedModel:
    """A model with its card."""

    model: Classifier
    card: ModelCard

    def score(self, features: FeatureTable, names: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities for features of exactly the kind it learnt from.

        Raises:
            RankingError: if the features differ, naming them.
        """
        given, learnt = list(names), list(self.card.features)
        if given != learnt:
            differing = ", ".join(sorted({*given} ^ {*learnt}))
            raise RankingError(
                (
                    f"特征与模型所学的不同：{differing or '次序'}",
                    f"features differ from those the model learnt: {differing or 'the order'}",
                ),
                where=(f"模型 {self.card.name}", f"model {self.card.name}"),
                expected=(
                    f"{CARD} 所列次序的 {len(learnt)} 个特征",
                    f"{len(learnt)} features in the order of {CARD}",
                ),
                next_step=(
                    "重新排序，以按这些特征建模",
                    "rank again, so that a model is made for these features",
                ),
            )
        return probability(self.model, features.matrix(names))


def save(
    model: Classifier, name: str, features: Sequence[str], learnt_until: str, folder: Path
) -> ModelCard:
    """Write a model and its card into a folder."""
    import sklearn
    from skops.io import dump

    path = folder / MODEL
    dump(model, path)
    card = ModelCard(name, tuple(features), _digest(path), learnt_until, sklearn.__version__)
    text = json.dumps(asdict(card), ensure_ascii=False, indent=1)
    (folder / CARD).write_text(text + "\n", "utf-8")
    return card


_RANK_AGAIN = ("重新排序以生成新模型", "rank again, which makes a new model")


def load(folder: Path) -> SavedModel:
    """Read a model back.

    Raises:
        RankingError: if a file is missing or altered, or holds types that are not a model's.
    """
    from skops.io import get_untrusted_types
    from skops.io import load as read

    path = folder / MODEL
    try:
        about: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
        about["features"] = tuple(about["features"])
        card = ModelCard(**about)
        digest = _digest(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RankingError(
            ("无法读取模型", "the model cannot be read"),
            where=str(folder),
            expected=(f"{MODEL} 和 {CARD}", f"{MODEL} and {CARD}"),
            next_step=_RANK_AGAIN,
        ) from error
    if digest != card.digest:
        raise RankingError(
            ("模型文件被改动", "the model file was altered"),
            where=str(path),
            expected=(f"{CARD} 中的摘要", f"the digest in {CARD}"),
            next_step=_RANK_AGAIN,
        )
    unknown = get_untrusted_types(file=path)
    foreign = sorted(set(unknown) - _OURS)
    if foreign:
        raise RankingError(
            (
                f"模型文件含有外来类型：{', '.join(foreign)}",
                f"the model file holds foreign types: {', '.join(foreign)}",
            ),
            where=str(path),
            expected=("doudi rank 写出的模型", "a model that doudi rank has written"),
            next_step=_RANK_AGAIN,
        )
    return SavedModel(read(path, trusted=unknown), card)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
