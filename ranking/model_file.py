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
            differing = sorted({*given} ^ {*learnt}) or ["the order"]
            raise RankingError(
                f"features differ from those the model learnt: {', '.join(differing)}",
                where=f"model {self.card.name}",
                expected=f"{len(learnt)} features in the order of {CARD}",
                next_step="rank again, so that a model is made for these features",
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
            "the model cannot be read",
            where=str(folder),
            expected=f"{MODEL} and {CARD}",
            next_step="rank again, which makes a new model",
        ) from error
    if digest != card.digest:
        raise RankingError(
            "the model file was altered",
            where=str(path),
            expected=f"the digest in {CARD}",
            next_step="rank again, which makes a new model",
        )
    unknown = get_untrusted_types(file=path)
    foreign = sorted(set(unknown) - _OURS)
    if foreign:
        raise RankingError(
            f"the model file holds foreign types: {', '.join(foreign)}",
            where=str(path),
            expected="a model that doudi rank has written",
            next_step="rank again, which makes a new model",
        )
    return SavedModel(read(path, trusted=unknown), card)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
