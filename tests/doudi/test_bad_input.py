"""What goes wrong in an office: the documented exit code, one message, nothing half-written."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from doudi.graph.server import ManagedServer
from tests.doudi.conftest import Clerk, Said, delivery, number, payments, registers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADER = "husband_id,wife_id,marriage_date,office_code,cert_no"
FILE = "marriage_registration.csv"
DIVORCES = "husband_id,wife_id,divorce_date,custody,property_split,office_code\n"
FUND = "person_id,base,monthly,balance,name,employer_uscc,rate,first_month,status,last_month"
NOWHERE = "http://127.0.0.1:9"


def couple(serial: int, day: str = "2010-05-01") -> str:
    return f"{number(2 * serial + 1)},{number(2 * serial + 2)},{day},01,J{serial}"


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


GOOD = lines(HEADER, couple(1), couple(2))
WRONG_NUMBER = number(3)[:-1] + ("0" if number(3)[-1] != "0" else "1")
TEN_THOUSAND_TIMES = lines(
    FUND,
    *(
        f"{number(n)},50000000,300,,,91350100M000100Y43,0.05,2024-01,正常,2025-12"
        for n in range(30)
    ),
)


def parquet(home: Path) -> list[Path]:
    """The fact tables, vault and quarantine files of a home."""
    return sorted(home.rglob("*.parquet"))


def told(said: Said, code: int, *words: str) -> None:
    """One message that says where, what, what was expected or what to do next."""
    assert said.code == code, said.err
    messages = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(messages) == 1, said.err
    assert "next: " in messages[0] or "expected: " in messages[0]
    assert said.has(*words), said.err


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param(
            {"marriage_registraton.csv": GOOD},
            ["unknown data type 'marriage_registraton'", "did you mean marriage_registration"],
            id="unknown slug",
        ),
        pytest.param(
            {FILE: GOOD.replace(HEADER, HEADER + ",shoe_size")},
            ["unknown column 'shoe_size'"],
            id="unmapped column",
        ),
        pytest.param(
            {FILE: "husband_id,marriage_date\n"}, ["column 'wife_id' is missing"],
            id="missing column",
        ),
        pytest.param({FILE: GOOD.encode("utf-32")}, ["the encoding is UTF-32"], id="UTF-32"),
        pytest.param(
            {FILE: HEADER.encode() + b"\n\x80\xff,\x81\xff,a,b,c\n"},
            ["the encoding is neither UTF-8 nor GB18030"],
            id="no encoding",
        ),
        pytest.param(
            {FILE + ".gz": gzip.compress(GOOD.encode() * 50, mtime=0)[:-9]}, ["the file is cut off"],
            id="truncated gzip",
        ),
        pytest.param({FILE: b""}, ["the file is empty"], id="empty file"),
        pytest.param(
            {FILE + ".gz": b"not gzip at all"}, ["not what its name says"], id="gzip that is none"
        ),
        pytest.param(
            {"marriage_registration.xlsx": GOOD}, ["not what its name says"],
            id="workbook that is a CSV",
        ),
        pytest.param(
            {FILE: b"PK\x03\x04\x14\x00\x06\x00\x08\x00"}, ["not what its name says"],
            id="CSV that is a workbook",
        ),
        pytest.param(
            {"provident_fund_contribution.csv": TEN_THOUSAND_TIMES},
            ["base looks off by a factor of 10,000", "a unit in brackets"],
            id="amounts ten thousand times off",
        ),
    ],
)  # fmt: skip
def test_a_feed_that_cannot_be_used_stops_alone(
    clerk: Clerk, files: dict[str, str | bytes], words: list[str]
) -> None:
    good = {"divorce_registration.csv": DIVORCES}
    said = clerk.loads("2026-04", files | good)
    assert said.code == 3
    assert said.has(f"2026-04/{next(iter(files))}: ", "expected:", "next:", *words), said.err
    again = clerk.types("load", clerk.folder / "2026-04", "--json").receipt
    assert len(again["messages"]) == 1
    assert (again["ok"], again["exit_code"]) == (False, 3)
    assert [file["source"] for file in again["files"]] == ["divorce_registration"]
    assert parquet(clerk.home) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param(couple(1).replace(number(3), WRONG_NUMBER), "id.checksum", id="invalid id"),
        pytest.param(couple(1, "2010-02-30"), "date.impossible", id="impossible date"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_rest_is_loaded(
    clerk: Clerk, row: str, reason: str
) -> None:
    said = clerk.loads("2026-04", {FILE: lines(HEADER, row, couple(2))})
    assert said.code == 3
    assert f"{reason} 1" in said.out
    assert said.has("1 of 2 rows were refused", "expected: 5% at most", "next: lines and reasons")
    assert WRONG_NUMBER not in said.out + said.err
    receipt = clerk.types("load", clerk.folder / "2026-04", "--json").receipt
    assert (receipt["ok"], receipt["exit_code"]) == (False, 3)
    (file,) = receipt["files"]
    assert file["rows_in"] == file["loaded"] + file["quarantined"] + file["duplicates"]


def test_control_totals_that_do_not_match_are_told(clerk: Clerk) -> None:
    said = clerk.loads("2026-04", {FILE: GOOD}, "[control.marriage_registration]\nrows = 3\n")
    assert said.code == 3
    assert said.has(f"2026-04/{FILE}: control total rows should be 3", "is 2", "ask the sender")


def test_a_delivery_loaded_twice_changes_nothing(clerk: Clerk) -> None:
    assert clerk.loads("2026-04", {FILE: GOOD}).code == 0
    before = {path: path.read_bytes() for path in parquet(clerk.home)}
    again = clerk.types("load", clerk.folder / "2026-04")
    assert (again.code, again.err.count("error")) == (0, 0)
    assert {path: path.read_bytes() for path in parquet(clerk.home)} == before


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        pytest.param("[control.marriage\n", ["at line 2", "expected: TOML"], id="no TOML"),
        pytest.param('mode = "all"\n', ["mode 'all'", "snapshot or delta"], id="mode"),
        pytest.param("control = 3\n", ["control is no table", "[control.<slug>]"], id="no table"),
        pytest.param('[source.tekun]\nepoch = "x"\n', ["epoch of tekun: 'x'", "1904"], id="epoch"),
    ],
)
def test_a_wrong_delivery_toml_fails_before_anything_is_loaded(
    clerk: Clerk, toml: str, words: list[str]
) -> None:
    said = clerk.loads("2026-04", {FILE: GOOD}, toml)
    told(said, 1, "error: 2026-04/delivery.toml", "next: mend the file", *words)
    assert parquet(clerk.home) == []
    assert list((clerk.home / "runs").iterdir()) == []


def _obey_permissions() -> None:
    """Give up, in the child process, the superuser's right to write where nobody may."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.fixture
def read_only(clerk: Clerk) -> Iterator[Clerk]:
    """A home that may be read and not written."""
    assert clerk.types("init").code == 0
    folders = [clerk.home, *(path for path in clerk.home.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    yield clerk
    for folder in folders:
        folder.chmod(0o755)


@pytest.mark.skipif(sys.platform != "linux", reason="permissions of Linux")
@pytest.mark.parametrize("command", ["load", "leads list"])
def test_a_read_only_home_is_told(read_only: Clerk, command: str) -> None:
    words = command.split()
    if command == "load":
        words.append(str(delivery(read_only.folder / "2026-04", {FILE: GOOD})))
    before = sorted(read_only.home.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "doudi", *words],
        preexec_fn=_obey_permissions,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    told(Said(done.returncode, done.stdout, done.stderr), 1, str(read_only.home), "next:")
    assert sorted(read_only.home.rglob("*")) == before


def test_a_uri_that_does_not_answer_is_told(clerk: Clerk) -> None:
    clerk.types("init")
    said = clerk.types("cypher", "RETURN 1 AS one", "--neo4j", "bolt://127.0.0.1:9")
    told(said, 1, "127.0.0.1:9", "next:")
    assert not (clerk.home / "graph" / "filled.json").exists()


@pytest.mark.neo4j
def test_a_wrong_password_is_told_and_not_repeated(served: Clerk) -> None:
    served.patch.setenv("DOUDI_NEO4J_PASSWORD", "not the one")
    said = served.types("cypher", "RETURN 1 AS one")
    told(said, 1, "neo4j.password", "next:")
    assert "not the one" not in said.err
    assert not (served.home / "graph" / "filled.json").exists()


def test_without_the_jars_it_says_what_to_copy_where_and_what_else_there_is(clerk: Clerk) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        clerk.patch.setenv(name, NOWHERE)
    for name in ("NO_PROXY", "no_proxy"):
        clerk.patch.delenv(name, raising=False)
    clerk.patch.setenv("M2_REPO", str(clerk.folder / "repository"))
    clerk.patch.setenv("DOUDI_CACHE", str(clerk.folder / "cache"))
    said = clerk.types("neo4j", "up")
    told(said, 1, "copy the folder neo4j-5.26", str(clerk.folder / "cache"))
    assert said.has("neo4j.home in doudi.toml, or DOUDI_NEO4J_HOME", "--neo4j URI")
    assert not list((clerk.folder / "cache").rglob("*.jar"))


@pytest.mark.neo4j
@pytest.mark.usefixtures("managed_server")
@pytest.mark.parametrize("port", ["BOLT", "HTTP"])
def test_a_port_that_is_taken_is_named(clerk: Clerk, port: str) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        taken = held.getsockname()[1]
        clerk.patch.setenv(f"DOUDI_NEO4J_{port}_PORT", str(taken))
        told(clerk.types("neo4j", "up"), 1, f"port {taken} is used by another program", "0 for")
    assert clerk.types("neo4j", "status", "--json").receipt["running"] is False


def test_a_port_that_is_none_names_the_setting(clerk: Clerk) -> None:
    clerk.types("init")
    settings = clerk.home / "doudi.toml"
    text = settings.read_text("utf-8").replace("# bolt_port = 7687", "bolt_port = 70000")
    settings.write_text(text, "utf-8")
    said = clerk.types("neo4j", "status")
    assert said.code == 2
    assert said.has("doudi.toml: neo4j.bolt_port", "65535", "next: mend the file")


def _kill_when_it_works(home: Path) -> None:
    """Kill the home's server a moment after the graph was filled: the query runs then."""
    for _ in range(3000):
        if (home / "graph" / "filled.json").exists():
            break
        time.sleep(0.1)
    time.sleep(1.5)
    pid = json.loads((home / "graph" / "server.json").read_text("utf-8"))["pid"]
    os.kill(pid, signal.SIGKILL)


@pytest.mark.neo4j
@pytest.mark.usefixtures("managed_server")
def test_a_server_killed_in_the_middle_is_told_and_comes_up_again(clerk: Clerk) -> None:
    clerk.patch.setenv("DOUDI_NEO4J_HEAP", "512m")
    clerk.patch.setenv("DOUDI_NEO4J_PAGECACHE", "64m")
    killer = threading.Thread(target=_kill_when_it_works, args=(clerk.home,))
    killer.start()
    try:
        long = "UNWIND range(1, 1000000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS s"
        said = clerk.types("cypher", long)
        killer.join()
        told(said, 1, "Neo4j has stopped in the middle of the work", "next:")
        assert clerk.types("neo4j", "status", "--json").receipt["running"] is False
        again = clerk.types("cypher", "RETURN 1 AS one", "--json").receipt
        assert again["rows"] == [{"one": 1}]
    finally:
        ManagedServer(clerk.home / "graph").down()


@pytest.fixture
def paid(clerk: Clerk) -> Clerk:
    """A clerk whose home knows of payments up to 2026-01; there is no server."""
    clerk.loads("2026-01", registers() | payments("2025-12", "2026-01"))
    clerk.patch.setenv("DOUDI_NEO4J_URI", "bolt://127.0.0.1:9")
    return clerk


def own_detector(clerk: Clerk, change: tuple[str, str]) -> Path:
    """The shipped E15 as the office's own E91, with one thing wrong."""
    from importlib.resources import files

    shipped = files("doudi.detectors") / "error" / "e15_vehicle.cypher"
    text = shipped.read_text("utf-8").replace('id = "E15"', 'id = "E91"')
    assert change[0] in text
    place = clerk.home / "detectors" / "error" / "e91_vehicle.cypher"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.replace(*change, 1), "utf-8")
    return place


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(('id = "E91"', 'id = "E91'), ["e91_vehicle.cypher", "line 2"], id="header"),
        pytest.param(("$price_mult *", "$prize_mult *"), ["prize_mult"], id="parameter"),
    ],
)
def test_a_wrong_detector_is_told_before_the_long_work(
    paid: Clerk, change: tuple[str, str], words: list[str]
) -> None:
    own_detector(paid, change)
    told(paid.types("detect"), 1, "e91_vehicle.cypher", *words)
    assert list((paid.home / "runs").glob("*-detect")) == []
    doctor = paid.types("doctor", "--json")
    assert doctor.code == 1
    (finding,) = [c for c in doctor.receipt["checks"] if c["check"] == "detectors"]
    assert finding["ok"] is False
    assert words[0] in finding["found"]


@pytest.mark.neo4j
def test_cypher_that_the_server_cannot_read_is_told(handler: Clerk) -> None:
    own_detector(handler, ("MATCH (p)-[o:OWNS]->(v:Vehicle)", "MATCH (p)-[o:OWNS]->(v:Vehicle"))
    before = sorted((handler.home / "runs").iterdir())
    said = handler.types("detect", "--detector", "E91")
    told(said, 1, "e91_vehicle.cypher")
    assert sorted((handler.home / "runs").iterdir()) == before


def test_a_month_in_the_future_is_wrong_use(paid: Clerk) -> None:
    said = paid.types("detect", "--as-of", "2026-02")
    told(said, 2, "--as-of 2026-02 is later", "expected: 2026-01 or earlier", "next: load")
    assert list((paid.home / "runs").glob("*-detect")) == []


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("rank --capacity 0", ["--capacity: '0' is neither", "expected: a whole number", "next:"]),
        ("policy diff dibao.std_month_rural=much", ["policy diff:", "name=value", "next:"]),
        ("policy diff dibao.std_month_rural=nan", ["policy diff:", "is no change"]),
        ("policy show dibao.std", ["policy: unknown parameter", "did you mean dibao."]),
    ],
)
def test_a_wrong_value_names_its_place_and_what_to_type(
    paid: Clerk, words: str, parts: list[str]
) -> None:
    told(paid.types(*words.split()), 2, *parts)


@pytest.mark.parametrize(
    "words", ["detect --as-of 2031-01", "leads show L1", "policy show nix", "cypher", "nix"]
)
def test_a_failure_with_json_is_one_object_with_its_message(paid: Clerk, words: str) -> None:
    said = paid.types(*words.split(), "--json")
    receipt = said.receipt
    assert (receipt["ok"], receipt["exit_code"]) == (False, said.code)
    assert len(receipt["messages"]) == 1
    assert receipt["messages"][0] in said.err
