"""``python -m benchmarks.relapse``: how well plain observable facts foretell a return to poverty.

A logistic model on what the delivered files show up to a date is asked who falls back within
twelve months, in counties of several seeds; once with all facts, once without those of the kin.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from doudi.synth.county import make_county
from doudi.synth.readback import read_back

DATES = ("2023-06-30", "2024-06-30", "2025-06-30", "2026-06-30")
FOLDS = 5
SOURCES = (
    "hukou_population", "dibao_member_register", "tekun_register", "low_income_edge_register",
    "monitored_household", "poverty_archive", "household_income_ledger", "severe_disease_register",
    "inpatient_settlement", "unemployment_register", "employee_social_insurance",
    "vehicle_registration", "real_estate_registration", "individual_business", "shareholders",
    "disaster_loss", "disability_certificate", "public_payroll",
)  # fmt: skip
FACTS = Path(__file__).with_name("relapse.sql").read_text("utf-8")
"""A row a couple with its children that no register lists: facts up to ``$day``, those of kin apart."""


def main() -> None:
    """Print both AUCs of each seed, and their means."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relapse", description=__doc__)
    parser.add_argument("--size", default="M", choices=["S", "M"])
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    found = []
    for seed in range(1, asked.seeds + 1):
        with tempfile.TemporaryDirectory(prefix="doudi-relapse-") as folder:
            make_county(Path(folder), size=asked.size, seed=seed)
            found.append(_aucs(_facts(Path(folder))))
        print(
            "seed {}: {:.0f} of {:.0f} families fall back; AUC {:.3f}, without kin {:.3f}".format(
                seed, *found[-1]
            )
        )
    share, whole, alone = np.array(found)[:, 0] / np.array(found)[:, 1], *np.array(found).T[2:]
    print(
        f"mean: {share.mean():.3%} a year; AUC {whole.mean():.3f}, without kin {alone.mean():.3f}"
    )
    print(f"the kin's facts are worth {(whole - alone).mean():.3f}")


def _facts(county: Path) -> pd.DataFrame:
    """Facts and outcomes of all families at all dates."""
    with duckdb.connect() as con:
        read_back(con, county, SOURCES)
        con.register("risk", pd.read_parquet(county / "truth" / "risk.parquet"))
        frames = [con.execute(FACTS, {"day": day}).df().assign(day=day) for day in DATES]
    return pd.concat(frames, ignore_index=True)


def _aucs(facts: pd.DataFrame) -> tuple[float, float, float, float]:
    """Relapses, families, and the AUC with all facts and without those of the kin."""
    outcome, groups = facts["falls"].to_numpy(), facts["family"].to_numpy()
    columns = [name for name in facts if name not in {"falls", "family", "day"}]
    scores = []
    for kept in (columns, [name for name in columns if not str(name).startswith("kin_")]):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        told = cross_val_predict(
            model,
            facts[kept].astype(float).fillna(0),
            outcome,
            groups=groups,
            cv=GroupKFold(FOLDS),
            method="predict_proba",
        )
        scores.append(roc_auc_score(outcome, told[:, 1]))
    return float(outcome.sum()), float(len(outcome)), scores[0], scores[1]


if __name__ == "__main__":
    main()
