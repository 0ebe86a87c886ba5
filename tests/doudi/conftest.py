"""A very small office: one household that is paid, one car, and the commands typed as people do."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from doudi import cli
from doudi.casework.ledger import Ledger
from doudi.console import Console
from doudi.home import Home
from doudi.stages import Line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from doudi.graph.server import ManagedServer

CARD = {
    "lead_id": "L1", "register": "dibao_household_register", "household_id": "D1",
    "direction": "error", "area_code": "539901001001", "township": "539901001000",
    "detectors": ["E15"], "strength": "K1", "months": 3, "exposure_cny": 900.0,
    "net_picture": "{}", "status": "TRIAGED", "priority": 1, "stale": False,
}  # fmt: skip
"""A lead as detection hands it to the ledger."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(serial: int, born: str = "19800101") -> str:
    """A valid number of nobody, in an area that is not assigned."""
    body = f"539901{born}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True)
class Said:
    """What a command said, and the code it ended with."""

    code: int
    out: str
    err: str

    @property
    def receipt(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    def has(self, *words: str) -> bool:
        """Whether stderr holds all of the words, however the terminal broke its lines."""
        flat = "".join(self.err.split())
        return all("".join(word.split()) in flat for word in words)


@dataclass(frozen=True)
class Clerk:
    """Types commands into one home."""

    folder: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    @property
    def home(self) -> Path:
        """The home the commands work in."""
        return self.folder / "home"

    def types(self, *words: str | Path) -> Said:
        """Run a command in English, in this process."""
        typed = ["doudi", *map(str, words)]
        self.patch.setattr(sys, "argv", typed)
        self.capture.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = self.capture.readouterr()
        code = end.value.code
        assert isinstance(code, int)
        assert "Traceback" not in said.err + said.out
        return Said(code, said.out, said.err)

    def loads(self, batch: str, files: Mapping[str, str | bytes], toml: str = "") -> Said:
        """Deliver and load."""
        return self.types("load", delivery(self.folder / batch, files, toml))


def delivery(target: Path, files: Mapping[str, str | bytes], toml: str = "") -> Path:
    """A delivery named by its month, received on the 5th of the next."""
    target.mkdir(parents=True, exist_ok=True)
    year, month = int(target.name[:4]), int(target.name[5:7])
    known = f"{year + month // 12}-{month % 12 + 1:02d}-05"
    (target / "delivery.toml").write_text(f"as_known = {known}\n{toml}", "utf-8")
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (target / name).write_bytes(data)
    return target


@pytest.fixture
def clerk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Clerk:
    """A clerk with an empty home, who reads English."""
    monkeypatch.setenv("DOUDI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DOUDI_LANG", "en")
    return Clerk(tmp_path, monkeypatch, capsys)


@pytest.fixture
def listed(clerk: Clerk) -> Clerk:
    """A clerk whose ledger has the lead L1; nothing was loaded."""
    home, _ = Home.open(clerk.home)
    with Ledger.open(home.ledger_url) as ledger:
        ledger.upsert_leads(pd.DataFrame([CARD]), "r1")
    return clerk


@pytest.fixture
def served(clerk: Clerk, managed_server: ManagedServer) -> Clerk:
    """The same clerk, with the server of this run as the office's own."""
    address = managed_server.up()
    clerk.patch.setenv("DOUDI_NEO4J_URI", address.uri)
    clerk.patch.setenv("DOUDI_NEO4J_PASSWORD", address.password)
    return clerk


@pytest.fixture(scope="session")
def detected(tmp_path_factory: pytest.TempPathFactory, managed_server: ManagedServer) -> Path:
    """A home with one lead, made once; tests take a copy."""
    folder = tmp_path_factory.mktemp("detected")
    address = managed_server.up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOUDI_NEO4J_URI", address.uri)
        patch.setenv("DOUDI_NEO4J_PASSWORD", address.password)
        home, _ = Home.open(folder / "home")
        line = Line(home, Console(lang="en"))
        months = ["2025-11", "2025-12", "2026-01"]
        line.load([delivery(folder / "2026-01", registers() | payments(*months))])
        line.detect(as_of=line.as_of(None))
    return home.path


@pytest.fixture
def handler(served: Clerk, detected: Path) -> Clerk:
    """A clerk whose home has one lead."""
    shutil.copytree(detected, served.home)
    return served


def registers(*, car: bool = True) -> dict[str, str]:
    """A household of one that is kept on the allowance, and the car its head owns."""
    head = number(1)
    files = {
        "dibao_household_register.csv": (
            "household_id,head_id,area_code,urban_rural,category,start_month,monthly_amount\n"
            f"D1,{head},539901001001,农村,B,202501,300\n"
        ),
        "dibao_member_register.csv": (
            "household_id,person_id,name,relation_to_head,is_beneficiary,added_date\n"
            f"D1,{head},王甲,户主,是,2025-01-01\n"
        ),
    }
    if car:
        files["vehicle_registration.csv"] = (
            "plate,vin,owner_id,vehicle_type,use_nature,first_reg_date,status,price\n"
            f"测A00001,LTESTTEST00000001,{head},小型轿车,非营运,2025-06-01,正常,90000\n"
        )
    return files


def payments(*months: str) -> dict[str, str]:
    """What was paid to the household in these months, as a delivery's file."""
    rows = [f"{number(1)},{'a' * 64},王甲,农村低保,300,{month}-15,{month},成功" for month in months]
    head = "payee_id,account_hash,account_name,programme,amount,pay_date,batch,status\n"
    return {"one_card_payment.csv": head + "\n".join(rows) + "\n"}
