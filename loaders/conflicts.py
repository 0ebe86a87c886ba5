"""What a person has to look at: doubtful identities, each with what speaks for it.

Three kinds: a name that is *possibly* a person with a number; one number under two surnames; and
two numbers that differ by a digit or by two in each other's place, under one name.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.errors import UnknownName
from doudi.graph.same_as import SAME_AS
from doudi.loaders.decisions import decisions
from doudi.loaders.people import gather

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb
    from cryptography.fernet import Fernet

    from doudi.graph.tables import FactStore

KINDS = {
    "possible": ("可能是同一人", "possibly one person"),
    "surname": ("同一号码，两个姓", "one number, two surnames"),
    "altered": ("号码相近，同名", "numbers nearly alike, one name"),
}

CROWD = 200
"""A name that more people bear than this says nothing of two numbers alike."""


@dataclass(frozen=True)
class Conflict:
    """One entry of the queue.

    Attributes:
        item: Short name by which it is decided; the same on every day.
        kind: A key of ``KINDS``.
        left: Person who is only named, or the first of two.
        right: The other; the same person where one number has two surnames.
        probability: Of their being one, where it was computed.
        rule: What agreed.
        sources: Registers that tell of either.
        verdict: What was decided last; empty while nobody has.
    """

    item: str
    kind: str
    left: str
    right: str
    probability: float | None
    rule: str
    sources: tuple[str, ...]
    verdict: str


def conflicts(
    store: FactStore, names: pa.Table, vault_folder: Path, vault: Fernet
) -> list[Conflict]:
    """The queue, undecided entries first, then by kind and item.

    Args:
        store: The fact tables.
        names: Names behind tokens: ``token, clear``.
        vault_folder: Where the sealed numbers are.
        vault: What opens them.
    """
    with store.connect() as view:
        gather(view, names)
        view.con.register("_clear", names)
        view.con.register("_number", _numbers(view.con, vault_folder, vault))
        same = view.known(*SAME_AS)
        view.con.register("_decided", decisions(store.root))
        rows = view.con.execute(_QUEUE.format(same=same)).fetchall()
    found = [_conflict(*row) for row in rows]
    return sorted(found, key=lambda c: (bool(c.verdict), c.kind, c.item))


def named_in(found: Iterable[Conflict], item: str) -> Conflict:
    """The entry of a name.

    Raises:
        UnknownName: if there is none; offers the nearest.
    """
    by_item = {conflict.item: conflict for conflict in found}
    if item not in by_item:
        raise UnknownName.among(
            ("待核身份", "entry of the queue"), item, by_item, next_step="doudi identity review"
        )
    return by_item[item]


def _conflict(
    kind: str,
    left: str,
    right: str,
    probability: float | None,
    rule: str,
    sources: list[str],
    verdict: str | None,
) -> Conflict:
    item = _item(kind, left, right)
    return Conflict(item, kind, left, right, probability, rule, tuple(sources), verdict or "")


def _item(kind: str, left: str, right: str) -> str:
    return sha256(f"{kind}|{left}|{right}".encode()).hexdigest()[:10]


_QUEUE = """
WITH surname AS (
    SELECT id FROM told JOIN _clear n ON n.token = told.name_token WHERE NOT starts_with(id, 'm')
    GROUP BY id HAVING count(DISTINCT left(clear, 1)) > 1
), found AS (
    SELECT 'possible' AS kind, start_id AS one, end_id AS two, probability, rule
    FROM {same} WHERE grade = 'possible'
    UNION ALL SELECT 'surname', id, id, NULL, 'number =; surname <>' FROM surname
    UNION ALL SELECT 'altered', a.id, b.id, NULL, 'name =; number ~'
    FROM _number a JOIN _number b ON a.name = b.name AND a.id < b.id
    WHERE hamming(a.body, b.body) = 1 OR (hamming(a.body, b.body) = 2
        AND list_sort(string_split(a.body, '')) = list_sort(string_split(b.body, '')))
), last AS (
    SELECT "left" AS one, "right" AS two, verdict FROM _decided
    QUALIFY row_number() OVER (PARTITION BY "left", "right" ORDER BY "at" DESC) = 1
), told_by AS (SELECT id, list_sort(list(DISTINCT source)) AS sources FROM told GROUP BY id)
SELECT kind, one, two, probability, rule,
    list_sort(list_distinct(list_concat(a.sources, b.sources))), verdict
FROM found JOIN told_by a ON a.id = one JOIN told_by b ON b.id = two LEFT JOIN last USING (one, two)
"""


def _numbers(con: duckdb.DuckDBPyConnection, folder: Path, vault: Fernet) -> pa.Table:
    """Numbers without check digit (``body``) of people who share a name with few others."""
    shared = con.execute(
        f"""SELECT id, name FROM person WHERE NOT is_named AND name IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY name) BETWEEN 2 AND {CROWD}"""
    ).to_arrow_table()
    files = sorted(folder.glob("[0-9]*.parquet"))
    if not shared.num_rows or not files:
        return pa.table(
            {
                "id": pa.array([], pa.string()),
                "name": shared["name"].slice(0, 0),
                "body": pa.array([], pa.string()),
            }
        )
    con.register("_shared", shared)
    con.register("_sealed", pa.concat_tables([pq.read_table(file) for file in files]))
    rows = con.execute(
        "SELECT id, name, any_value(sealed) AS sealed FROM _shared JOIN _sealed ON pid = id GROUP BY ALL"
    ).to_arrow_table()
    # Decryption is no function of the engine; only people who share a name come here.
    bodies = [vault.decrypt(text.encode()).decode()[:17] for text in rows["sealed"].to_pylist()]
    return rows.drop_columns(["sealed"]).append_column("body", pa.array(bodies, pa.string()))
