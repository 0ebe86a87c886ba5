"""Hand-written scripts that read, check and write payments as ``doudi load`` does, and do nothing else.

Both know one source only, keep nothing for later deliveries, and write the same facts, refused rows
with their reasons, accepted rows and sealed numbers. Their answers are compared with doudi's first.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MACROS = r"""
CREATE MACRO tidy(x) AS trim(CASE WHEN regexp_matches(x, '[^ -~一-鿿]') THEN regexp_replace(translate(x,
    '０１２３４５６７８９Ｘｘ（）．，：－／　', '0123456789Xx().,:-/ '), '[\x{200B}-\x{200F}\x{FEFF}]', '', 'g') ELSE x END);
CREATE MACRO told(t) AS CASE WHEN t IN ('', 'NULL', 'null', '-', '/', '无', 'N/A') THEN NULL ELSE t END;
CREATE MACRO ymd(y, m, d) AS TRY_CAST(y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') AS DATE);
CREATE MACRO digit(x) AS substr('10X98765432', CAST(list_inner_product(
    [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]::FLOAT[], string_split(x, '')::FLOAT[]) AS INTEGER) % 11 + 1, 1);
CREATE MACRO day(d) AS CASE WHEN regexp_full_match(d, '\d{4}-\d{1,2}-\d{1,2}')
    THEN ymd(split_part(d, '-', 1), split_part(d, '-', 2), split_part(d, '-', 3))
    WHEN regexp_full_match(d, '\d{8}') THEN ymd(substr(d, 1, 4), substr(d, 5, 2), substr(d, 7, 2))
    WHEN regexp_full_match(d, '[1-9]\d{4}') THEN DATE '1899-12-30' + CAST(d AS INTEGER) END;
"""

READ = r"""
CREATE TABLE raw AS SELECT row_number() OVER () + 1 AS line, * FROM read_csv(
    '{folder}/one_card_payment.csv', all_varchar = true, header = true, delim = ',', quote = '');
CREATE TABLE typed AS
WITH a AS (
    SELECT line, payee_id, tidy(payee_id) AS pt, told(tidy(account_hash)) AS account_hash,
        tidy(account_name) AS nt, told(trim(programme)) AS programme, tidy(amount) AS amt,
        tidy(pay_date) AS dt, told(tidy(batch)) AS batch, tidy(status) AS st,
        told(tidy(payment_no)) AS payment_no, tidy(benefit_month) AS mt,
        told(tidy(household_id)) AS household_id, told(tidy(reverses)) AS reverses,
        told(tidy(area_code)) AS area_code FROM raw
), b AS (
    SELECT *, upper(regexp_replace(pt, '[\s''’‘`"]', '', 'g')) AS pd,
        regexp_replace(regexp_replace(told(amt), '[,\s￥¥]|元$', '', 'g'), '^\((.*)\)$', '-\1') AS ad,
        regexp_replace(regexp_replace(told(dt), '\s*[年月/.]\s*', '-', 'g'), '日$', '') AS dd,
        regexp_replace(regexp_replace(told(mt), '\s*[年月/.]\s*', '-', 'g'), '日$', '') AS md FROM a
), c AS (
    SELECT *, CASE WHEN regexp_full_match(pd, '[1-9]\d{{16}}[\dX]') THEN substr(pd, 1, 17)
        WHEN regexp_full_match(pd, '[1-9]\d{{14}}') THEN substr(pd, 1, 6) || '19' || substr(pd, 7, 9) END AS pb,
        CASE WHEN regexp_full_match(ad, '[-+]?\d+(\.\d*)?') THEN CAST(TRY_CAST(ad AS DECIMAL(24, 6)) AS DOUBLE) END AS amount,
        day(dd) AS dv,
        CASE WHEN regexp_full_match(md, '\d{{6}}') THEN ymd(substr(md, 1, 4), substr(md, 5, 2), '1')
             WHEN regexp_full_match(md, '\d{{4}}-\d{{1,2}}-?') THEN ymd(split_part(md, '-', 1), split_part(md, '-', 2), '1')
             ELSE CAST(date_trunc('month', day(md)) AS DATE) END AS benefit_month FROM b
), d AS (
    SELECT *, digit(pb) AS pc, ymd(substr(pb, 7, 4), substr(pb, 11, 2), substr(pb, 13, 2)) AS py FROM c
), e AS (
    SELECT *, CASE WHEN py BETWEEN DATE '1850-01-01' AND DATE '2026-05-05'
        AND (length(pd) = 15 OR substr(pd, 18, 1) = pc) THEN pb || pc END AS pid FROM d
)
SELECT line, pid, CASE WHEN pid IS NULL THEN NULL WHEN pid = payee_id THEN 'exact' ELSE 'repaired' END AS grade,
    CASE WHEN pid IS NOT NULL THEN py END AS birth,
    CASE WHEN pid IS NOT NULL THEN CASE WHEN substr(pid, 17, 1) IN ('1', '3', '5', '7', '9') THEN '男' ELSE '女' END END AS sex,
    CASE WHEN pid IS NOT NULL THEN NULL WHEN told(pt) IS NULL OR pt IN ('不详', '未知') OR regexp_full_match(pd, '0+|1{{15,18}}')
        THEN 'id.missing' WHEN regexp_full_match(pd, '\d(\.\d+)?E\+?\d+') THEN 'id.scientific'
        WHEN regexp_full_match(pd, '\d{{15}}|\d{{17}}[\dX]') THEN 'id.checksum' ELSE 'id.text' END AS pid_why,
    account_hash, CASE WHEN nt NOT IN ('', 'NULL', 'null', '-', '/', 'N/A') THEN nt END AS name,
    CASE WHEN regexp_matches(nt, '敬老院|福利院|养老院|供养服务') THEN 'institution' END AS class, programme, amount,
    CASE WHEN amount IS NULL THEN CASE WHEN told(amt) IS NULL THEN 'required.missing' ELSE 'number.text' END END AS amount_why,
    CASE WHEN dv BETWEEN DATE '1900-01-02' AND DATE '2026-05-05' THEN dv END AS pay_date,
    CASE WHEN told(dt) IS NULL THEN NULL WHEN dv IS NULL OR dv < DATE '1900-01-02' THEN 'date.impossible'
         WHEN dv > DATE '2026-05-05' THEN 'date.future' END AS date_why, batch,
    CASE WHEN st IN ('成功', '退回') THEN st END AS status,
    CASE WHEN told(st) IS NOT NULL AND st NOT IN ('成功', '退回') THEN 'enum.unknown' END AS status_why,
    payment_no, benefit_month, CASE WHEN told(mt) IS NOT NULL AND benefit_month IS NULL THEN 'month.impossible' END AS month_why,
    household_id, reverses, area_code FROM e;
"""

SETTLE = """
CREATE TABLE veiled AS
SELECT t.* REPLACE (p.token AS pid, n.token AS name), coalesce(pid_why, amount_why, date_why) AS why,
    CASE WHEN pid_why IS NOT NULL THEN 'payee_id' WHEN amount_why IS NOT NULL THEN 'amount'
         WHEN date_why IS NOT NULL THEN 'pay_date' END AS field
FROM typed t LEFT JOIN token p ON p.space = 'person' AND p.clear = t.pid
LEFT JOIN token n ON n.space = 'name' AND n.clear = t.name;
CREATE TABLE kept AS
SELECT *, substr(sha256(group_key || digest), 1, 16) AS row_key FROM (
    SELECT *, substr(sha256(to_json([pid, name, account_hash, programme, batch, pay_date::VARCHAR])::VARCHAR), 1, 16) AS group_key,
        substr(sha256(to_json([pid, grade, birth::VARCHAR, sex, NULL, NULL, account_hash, name, class, programme, amount::VARCHAR,
            pay_date::VARCHAR, batch, status, payment_no, benefit_month::VARCHAR, household_id, reverses, area_code,
            NULL])::VARCHAR), 1, 16) AS digest
    FROM veiled WHERE why IS NULL
) QUALIFY row_number() OVER (PARTITION BY group_key, digest ORDER BY line) = 1;
"""

WRITE = """
COPY (SELECT * EXCLUDE (pid_why, amount_why, date_why, status_why, month_why, why, field) FROM kept)
    TO '{out}/rows.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT substr(sha256('one_card_payment|PAID|' || row_key), 1, 16) AS fact_id, pid AS start_id, account_hash AS end_id,
    coalesce(benefit_month, ymd(substr(batch, 1, 4), substr(batch, 5, 2), '1'), date_trunc('month', pay_date)::DATE) AS valid_from,
    (valid_from + INTERVAL 1 MONTH)::DATE AS valid_to, programme, amount AS amount_yuan, household_id,
    coalesce(status, '成功') AS status, payment_no, reverses, grade, digest, line AS row,
    CASE programme WHEN '农村低保' THEN 'dibao_household_register' WHEN '城市低保' THEN 'dibao_household_register'
        WHEN '高龄津贴' THEN 'old_age_allowance' WHEN '临时救助' THEN 'temporary_assistance' END AS register FROM kept)
    TO '{out}/PAID.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT substr(sha256('one_card_payment|Account|' || row_key), 1, 16) AS fact_id, account_hash AS id,
    coalesce(class, 'person') AS holder_kind, digest, line AS row FROM kept) TO '{out}/Account.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT line, field, why AS reason, 'row refused' AS effect FROM veiled WHERE why IS NOT NULL
    UNION ALL SELECT line, 'status', status_why, 'field unknown' FROM kept WHERE status_why IS NOT NULL
    UNION ALL SELECT line, 'benefit_month', month_why, 'field unknown' FROM kept WHERE month_why IS NOT NULL)
    TO '{out}/refused.parquet' (FORMAT parquet, COMPRESSION zstd);
"""


def sql_load(folder: Path, out: Path, key: bytes, vault: bytes) -> None:
    """The script in DuckDB SQL.

    Args:
        folder: Where ``one_card_payment.csv`` lies.
        out: Folder of the tables.
        key: Key of the pseudonyms.
        vault: Key of the sealed numbers.
    """
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.execute("SET threads TO 1")
        con.execute(MACROS)
        con.execute(READ.format(folder=folder))
        clear = con.execute("""
            SELECT DISTINCT 'person' AS space, pid AS clear FROM typed WHERE pid IS NOT NULL
            UNION ALL SELECT DISTINCT 'name', name FROM typed WHERE name IS NOT NULL""").to_arrow_table()
        pairs = zip(clear["space"].to_pylist(), clear["clear"].to_pylist(), strict=True)
        tokens = pa.array([token(key, space, text) for space, text in pairs], pa.string())
        con.register("token", clear.append_column("token", tokens))
        con.execute(SETTLE)
        con.execute(WRITE.format(out=out))
        new = con.execute("""SELECT token, clear FROM token WHERE space = 'person'
                          AND token IN (SELECT pid FROM kept)""").to_arrow_table()
        _seal(new["token"], new["clear"].to_pylist(), out, vault)


def token(key: bytes, space: str, clear: str) -> str:
    """A pseudonym, the plain way."""
    return b32encode(hmac.digest(key, f"{space}:{clear}".encode(), "sha256")).decode()[:26]


def _seal(tokens: Any, clear: list[str], out: Path, vault: bytes) -> None:  # noqa: ANN401 - Arrow is untyped
    seal = Fernet(vault)
    sealed = [seal.encrypt(text.encode()).decode() for text in clear]
    pq.write_table(pa.table({"pid": tokens, "sealed": sealed}), out / "vault.parquet")


def plain_reason(text: str, as_known: int = 20260505) -> str:
    """The check of a number as a plain loop does it: a reason, or nothing."""
    digits = text.strip().strip("'").upper()
    if digits in ("", "无", "-", "/", "NULL", "不详", "未知") or set(digits) == {"0"}:
        return "id.missing"
    if "E+" in digits:
        return "id.scientific"
    if len(digits) == 15 and digits.isdigit():  # noqa: PLR2004 - an old number
        digits = digits[:6] + "19" + digits[6:]
        digits += _check(digits)
    if len(digits) != 18 or not digits[:17].isdigit() or digits[17] not in "0123456789X":  # noqa: PLR2004 - its length
        return "id.text"
    year, month, day = int(digits[6:10]), int(digits[10:12]), int(digits[12:14])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= month <= 12 or not 1 <= day <= days[month - 1] or year < 1850:  # noqa: PLR2004 - a month
        return "id.checksum"
    if year * 10000 + month * 100 + day > as_known or _check(digits) != digits[17]:
        return "id.checksum"
    return ""


def _check(digits: str) -> str:
    total = 0
    for place in range(17):
        total += int(digits[place]) * WEIGHTS[place]
    return "10X98765432"[total % 11]


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def polars_load(folder: Path, out: Path, key: bytes, vault: bytes) -> None:
    """The script in polars, with the numbers checked by numpy; arguments as of ``sql_load``."""
    import polars as pl

    out.mkdir(parents=True, exist_ok=True)
    raw = pl.read_csv(
        folder / "one_card_payment.csv",
        infer_schema=False,
        quote_char=None,
        row_index_name="line",
        row_index_offset=2,
    )
    typed = _typed(pl, raw)
    people = typed["pid"].unique().drop_nulls().to_list()
    names = typed["name"].unique().drop_nulls().to_list()
    pids = [token(key, "person", text) for text in people]
    typed = (
        typed.join(
            pl.DataFrame({"pid": people, "token": pids}),
            on="pid",
            how="left",
            maintain_order="left",
        )
        .with_columns(pid="token")
        .drop("token")
    )
    of_names = [token(key, "name", text) for text in names]
    typed = (
        typed.join(
            pl.DataFrame({"name": names, "token": of_names}),
            on="name",
            how="left",
            maintain_order="left",
        )
        .with_columns(name="token")
        .drop("token")
    )
    kept = _keyed(pl, typed.filter(pl.col("why").is_null()))
    kept = kept.unique(["group_key", "digest"], keep="first", maintain_order=True)
    kept = kept.with_columns(_sha(pl, kept["group_key"] + kept["digest"]).alias("row_key"))
    _write(pl, typed, kept, out)
    accepted = set(kept["pid"].to_list())
    new = [(p, clear) for p, clear in zip(pids, people, strict=True) if p in accepted]
    _seal(pa.array([p for p, _ in new]), [clear for _, clear in new], out, vault)


def _typed(pl: Any, raw: Any) -> Any:  # noqa: ANN401 - polars is imported where it is used
    """Cells typed, with reasons."""
    empty = ["", "NULL", "null", "-", "/", "无", "N/A"]

    def tidy(name: str) -> Any:  # noqa: ANN401 - an expression
        wide = pl.col(name).str.replace_many(
            list("０１２３４５６７８９Ｘｘ（）．，：－／　"), list("0123456789Xx().,:-/ ")
        )
        return wide.str.replace_all("[\u200b-\u200f\ufeff]", "").str.strip_chars().fill_null("")

    def told(one: Any) -> Any:  # noqa: ANN401 - an expression
        return pl.when(one.is_in(empty)).then(None).otherwise(one)

    def dashed(name: str) -> Any:  # noqa: ANN401 - an expression
        return told(tidy(name)).str.replace_all(r"\s*[年月/.]\s*", "-").str.replace("日$", "")

    def day(one: Any) -> Any:  # noqa: ANN401 - an expression
        iso = (
            pl.when(one.str.contains(r"^\d{4}-\d{1,2}-\d{1,2}$"))
            .then(one)
            .when(one.str.contains(r"^\d{8}$"))
            .then(one.str.slice(0, 4) + "-" + one.str.slice(4, 2) + "-" + one.str.slice(6, 2))
        )
        return iso.str.to_date("%Y-%m-%d", strict=False)

    md = dashed("benefit_month")
    month = pl.when(md.str.contains(r"^\d{6}$")).then(
        md.str.slice(0, 4) + "-" + md.str.slice(4, 2) + "-01"
    )
    ad = told(tidy("amount")).str.replace_all(r"[,\s￥¥]|元$", "")
    name = tidy("account_name")
    frame = raw.select(
        "line",
        "payee_id",
        pt=tidy("payee_id"),
        account_hash=told(tidy("account_hash")),
        name=pl.when(name.is_in(["", "NULL", "null", "-", "/", "N/A"])).then(None).otherwise(name),
        klass=pl.when(name.str.contains("敬老院|福利院|养老院|供养服务")).then(
            pl.lit("institution")
        ),
        programme=told(tidy("programme")),
        amount=pl.when(ad.str.contains(r"^[-+]?\d+(\.\d*)?$"))
        .then(ad)
        .cast(pl.Float64, strict=False),
        amount_told=told(tidy("amount")).is_not_null(),
        dv=day(dashed("pay_date")),
        date_told=told(tidy("pay_date")).is_not_null(),
        batch=told(tidy("batch")),
        st=told(tidy("status")),
        payment_no=told(tidy("payment_no")),
        benefit_month=month.str.to_date("%Y-%m-%d", strict=False),
        month_told=md.is_not_null(),
        household_id=told(tidy("household_id")),
        reverses=told(tidy("reverses")),
        area_code=told(tidy("area_code")),
    ).with_columns(pd=pl.col("pt").str.replace_all("[\\s'’‘`\"]", "").str.to_uppercase())
    return _reasoned(pl, _people(pl, frame))


def _reasoned(pl: Any, frame: Any) -> Any:  # noqa: ANN401 - polars is imported where it is used
    """Values that are believed, and why the others are not."""
    first, last = pl.date(1900, 1, 2), pl.date(2026, 5, 5)
    dv, paid, st = pl.col("dv"), pl.col("amount"), pl.col("st")
    frame = frame.with_columns(
        amount_why=pl.when(paid.is_null()).then(
            pl.when(pl.col("amount_told"))
            .then(pl.lit("number.text"))
            .otherwise(pl.lit("required.missing"))
        ),
        pay_date=pl.when(dv.is_between(first, last)).then(dv),
        date_why=pl.when(~pl.col("date_told"))
        .then(None)
        .when(dv.is_null() | (dv < first))
        .then(pl.lit("date.impossible"))
        .when(dv > last)
        .then(pl.lit("date.future")),
        status=pl.when(st.is_in(["成功", "退回"])).then(st),
        status_why=pl.when(st.is_not_null() & ~st.is_in(["成功", "退回"])).then(
            pl.lit("enum.unknown")
        ),
        month_why=pl.when(pl.col("month_told") & pl.col("benefit_month").is_null()).then(
            pl.lit("month.impossible")
        ),
    )
    return frame.with_columns(
        why=pl.coalesce("pid_why", "amount_why", "date_why"),
        field=pl.when(pl.col("pid_why").is_not_null())
        .then(pl.lit("payee_id"))
        .when(pl.col("amount_why").is_not_null())
        .then(pl.lit("amount"))
        .when(pl.col("date_why").is_not_null())
        .then(pl.lit("pay_date")),
    )


def _people(pl: Any, frame: Any) -> Any:  # noqa: ANN401 - polars is imported where it is used
    """Numbers checked: the whole ones by numpy, the few others one by one."""
    texts = frame["pd"].to_list()
    whole = np.flatnonzero((frame["pd"].str.len_bytes() == 18).to_numpy())  # noqa: PLR2004 - its length
    square = np.frombuffer("".join(texts[i] for i in whole).encode(), np.uint8).reshape(-1, 18)
    valid = np.zeros(len(texts), bool)
    valid[whole] = _numpy_check(square)
    reasons: list[str | None] = [None] * len(texts)
    pids: list[str | None] = [t if ok else None for t, ok in zip(texts, valid, strict=True)]
    for row in np.flatnonzero(~valid):
        reason = plain_reason(texts[row])
        reasons[row] = reason or None
        if not reason:
            body = texts[row][:6] + "19" + texts[row][6:]
            pids[row] = body + _check(body)
    frame = frame.with_columns(
        pl.Series("pid", pids, pl.String), pl.Series("pid_why", reasons, pl.String)
    )
    pid = pl.col("pid")
    return frame.with_columns(
        grade=pl.when(pid.is_null())
        .then(None)
        .when(pid == pl.col("payee_id"))
        .then(pl.lit("exact"))
        .otherwise(pl.lit("repaired")),
        birth=pid.str.slice(6, 8).str.to_date("%Y%m%d", strict=False),
        sex=pl.when(pid.is_null())
        .then(None)
        .when(pid.str.slice(16, 1).is_in(["1", "3", "5", "7", "9"]))
        .then(pl.lit("男"))
        .otherwise(pl.lit("女")),
    )


def _numpy_check(square: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Digits, check digit and birth date, a matrix at a time."""
    digits = square.astype(np.int32) - 48
    check = np.frombuffer(b"10X98765432", np.uint8)[
        (digits[:, :17].clip(0, 9) @ np.array(WEIGHTS, np.int32)) % 11
    ]
    right = np.all(digits[:, :17].astype(np.uint32) <= 9, axis=1)  # noqa: PLR2004 - a digit
    right &= digits[:, 0] > 0
    right &= check == square[:, 17]
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month, day = digits[:, 10] * 10 + digits[:, 11], digits[:, 12] * 10 + digits[:, 13]
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    leap = (month == 2) & (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))  # noqa: PLR2004 - February
    right &= (month >= 1) & (month <= 12) & (day >= 1)  # noqa: PLR2004 - a month
    right &= day <= lengths[month.clip(0, 12)] + leap
    right &= (year >= 1850) & (year * 10000 + month * 100 + day <= 20260505)  # noqa: PLR2004 - days
    return np.asarray(right, bool)


def _sha(pl: Any, texts: Any) -> Any:  # noqa: ANN401 - polars is imported where it is used
    return pl.Series([hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts.to_list()])


def _keyed(pl: Any, kept: Any) -> Any:  # noqa: ANN401 - polars is imported where it is used
    """The hashes of keys and of values."""

    def quoted(name: str) -> Any:  # noqa: ANN401 - an expression
        text = (
            pl.col(name)
            .cast(pl.String)
            .str.replace_all("\\", "\\\\", literal=True)
            .str.replace_all('"', '\\"', literal=True)
        )
        return pl.when(text.is_null()).then(pl.lit("null")).otherwise('"' + text + '"')

    def listed(*names: str, end: str = "]") -> Any:  # noqa: ANN401 - an expression
        cells = [quoted(n) + (",null,null" if n == "sex" else "") for n in names]  # nobody named
        return "[" + pl.concat_str(cells, separator=",") + end

    texts = kept.select(
        key=listed("pid", "name", "account_hash", "programme", "batch", "pay_date"),
        values=listed(
            "pid",
            "grade",
            "birth",
            "sex",
            "account_hash",
            "name",
            "klass",
            "programme",
            "amount",
            "pay_date",
            "batch",
            "status",
            "payment_no",
            "benefit_month",
            "household_id",
            "reverses",
            "area_code",
            end=",null]",
        ),
    )
    return kept.with_columns(
        _sha(pl, texts["key"]).alias("group_key"), _sha(pl, texts["values"]).alias("digest")
    )


def _write(pl: Any, typed: Any, kept: Any, out: Path) -> None:  # noqa: ANN401 - polars is imported where it is used
    """Facts, accepted rows and refused ones."""
    month = pl.coalesce(
        "benefit_month",
        pl.col("batch").str.to_date("%Y%m", strict=False),
        pl.col("pay_date").dt.truncate("1mo"),
    )
    registers = {
        "农村低保": "dibao_household_register",
        "城市低保": "dibao_household_register",
        "高龄津贴": "old_age_allowance",
        "临时救助": "temporary_assistance",
    }
    kept.select(
        _sha(pl, "one_card_payment|PAID|" + kept["row_key"]).alias("fact_id"),
        start_id="pid",
        end_id="account_hash",
        valid_from=month,
        valid_to=month.dt.offset_by("1mo"),
        programme="programme",
        amount_yuan="amount",
        household_id="household_id",
        status=pl.col("status").fill_null("成功"),
        payment_no="payment_no",
        reverses="reverses",
        grade="grade",
        digest="digest",
        row="line",
        register=pl.col("programme").replace_strict(registers, default=None),
    ).write_parquet(out / "PAID.parquet")
    kept.select(
        _sha(pl, "one_card_payment|Account|" + kept["row_key"]).alias("fact_id"),
        id="account_hash",
        holder_kind=pl.col("klass").fill_null("person"),
        digest="digest",
        row="line",
    ).write_parquet(out / "Account.parquet")
    kept.drop(
        "payee_id", "pt", "pd", "dv", "st", "amount_told", "date_told", "month_told"
    ).write_parquet(out / "rows.parquet")

    def unknown(name: str, why: str) -> Any:  # noqa: ANN401 - a frame
        return kept.filter(pl.col(why).is_not_null()).select(
            "line", field=pl.lit(name), reason=why, effect=pl.lit("field unknown")
        )

    refused = typed.filter(pl.col("why").is_not_null()).select(
        "line", "field", reason="why", effect=pl.lit("row refused")
    )
    pl.concat(
        [refused, unknown("status", "status_why"), unknown("benefit_month", "month_why")]
    ).write_parquet(out / "refused.parquet")
