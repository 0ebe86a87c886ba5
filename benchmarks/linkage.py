"""The workload ``link``: two registers of the same people linked, beside Splink on DuckDB.

Both sides get the same two files and no labels. Splink is set up as its documentation does it for
people: its own comparisons for names and births with term frequencies, u from random pairs, m by
EM on two blocking rules. It has no way to use households. What it finds is made one to one, and cut
at the threshold that is best for it by the truth, outside its time.
"""

from __future__ import annotations

import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import timing
from benchmarks.register import make_register

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.timing import Lap

RECORDS = 5
"""Records to a household of the scale: 10,000 at scale 1, a million at scale 100."""
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99)
LEAST_PRECISION, LEAST_GAIN = 0.995, 0.02


def link_laps(
    folder: Path, households: int, seed: int, rounds: int
) -> tuple[int, list[Lap], list[Lap], tuple[str, ...]]:
    """Records, laps of both sides, and how good the answers are."""
    records = RECORDS * households
    register = folder / f"register-{records}-{seed}"
    if not (register / "truth.parquet").exists():
        make_register(register, records, seed)
    cases = {
        "ours": partial(timing.in_fresh_process, ours_lap, register, "household"),
        "peer": partial(timing.in_fresh_process, splink_lap, register),
    }
    laps = timing.interleaved(cases, rounds)
    plain = timing.in_fresh_process(ours_lap, register, "")
    notes = _notes(laps["ours"][0], laps["peer"][0], plain)
    return records, laps["ours"], laps["peer"], notes


def _notes(ours: Lap, peer: Lap, plain: Lap) -> tuple[str, ...]:
    linked, theirs, without = (json.loads(lap.answer) for lap in (ours, peer, plain))
    gain = linked["f1"] - theirs["f1"]
    is_met = linked["precision"] >= LEAST_PRECISION and gain >= LEAST_GAIN
    return (
        _told("ours, linked", linked),
        _told("peer, at its best threshold", theirs),
        _told("ours without households, linked", without)
        + f"; and possible ones F1 {without['all_f1']:.4f}; {plain.figures.cpu:.2f} cpu s",
        (
            f"target: precision {LEAST_PRECISION} and F1 {LEAST_GAIN} above the peer's; "
            f"{linked['precision']:.4f} and {gain:+.4f}: {'met' if is_met else 'MISSED'}"
        ),
    )


def _told(who: str, found: dict[str, float]) -> str:
    p, r, f1 = found["precision"], found["recall"], found["f1"]
    return f"{who}: precision {p:.4f}, recall {r:.4f}, F1 {f1:.4f}"


def ours_lap(register: Path, household: str) -> Lap:
    """Link with doudi, from files to tables."""
    found: list[Any] = []
    lap = timing.measured(partial(_ours, register, household, found))
    pairs = found[0].pairs
    linked = _quality(pairs.filter(pa.compute.equal(pairs["grade"], "linked")), register)
    answer = linked | {f"all_{name}": value for name, value in _quality(pairs, register).items()}
    return timing.Lap(lap.figures, json.dumps(answer))


def _ours(register: Path, household: str, found: list[Any]) -> str:
    from doudi.linking.link import LinkSettings, link

    settings = LinkSettings(
        name="name",
        birth="birth_date",
        sex="sex",
        area="village",
        household=household,
        one_to_one=True,
    )
    left, right = (pq.read_table(register / f"{side}.parquet") for side in ("left", "right"))
    found.append(link(left, right, settings=settings))
    return ""


def splink_lap(register: Path) -> Lap:
    """Link with Splink, from files to a table of pairs."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        lap = timing.measured(partial(_splink, register, con))
        columns = "unique_id_l AS one, unique_id_r AS two, match_probability AS probability"
        pairs = con.execute(f"SELECT {columns} FROM found").to_arrow_table()
    found = [_quality(_one_to_one(pairs, least), register) for least in THRESHOLDS]
    return timing.Lap(lap.figures, json.dumps(max(found, key=lambda one: one["f1"])))


def _splink(register: Path, con: duckdb.DuckDBPyConnection) -> str:
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    for side in ("left", "right"):
        con.execute(
            f"CREATE TABLE {side}_side AS SELECT * EXCLUDE (id, household), id AS unique_id "
            f"FROM '{register / side}.parquet'"
        )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.ExactMatch("village").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name", "substr(birth_date, 1, 4)"),
            block_on("name", "substr(birth_date, 6, 5)"),
            block_on("name", "village"),
            block_on("birth_date", "village"),
            block_on("birth_date", "substr(name, 1, 1)"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(
        [api.register("left_side"), api.register("right_side")], settings, log_level=None
    )
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("name", "birth_date")], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    found = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    con.execute(f"CREATE VIEW found AS FROM {found.physical_name}")
    return ""


def _one_to_one(pairs: pa.Table, least: float) -> pa.Table:
    """The peer's pairs from a probability on, each record with its best partner only."""
    from doudi.linking.clusters import best_partners

    one, two = pairs["one"].to_pandas(), pairs["two"].to_pandas()
    is_left = one.str.startswith("l")
    left, right = one.where(is_left, two), two.where(is_left, one)
    probability = pairs["probability"].to_numpy()
    sure = np.flatnonzero(probability >= least)
    left_codes, right_codes = (
        side.iloc[sure].astype("category").cat.codes for side in (left, right)
    )
    kept = best_partners(
        left_codes.to_numpy(np.int32),
        right_codes.to_numpy(np.int32) + np.int32(left_codes.max() + 1),
        probability[sure].astype(np.float32),
    )
    at = sure[kept]
    return pa.table({"left_id": left.iloc[at].to_numpy(), "right_id": right.iloc[at].to_numpy()})


def _quality(pairs: pa.Table, register: Path) -> dict[str, float]:
    """Precision, recall and F1 of pairs."""
    truth = pq.read_table(register / "truth.parquet")
    keys = ["left_id", "right_id"]
    right = pairs.select(keys).join(truth, keys, join_type="inner").num_rows
    precision, recall = right / max(1, pairs.num_rows), right / truth.num_rows
    f1 = 2 * right / (pairs.num_rows + truth.num_rows)
    return {"precision": precision, "recall": recall, "f1": f1}
