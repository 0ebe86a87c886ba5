"""Build the wheel, compare it with the tracked files, and test it from outside the checkout.

Run by ``make wheel``. The tests run on the installed wheel with the checkout out of sight; the rooms
that need a Neo4j server are left to ``make unit``, which runs all tests in the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
SUFFIXES = {".py", ".toml", ".cypher", ".lock", ".html", ".css", ".csv", ".sql"}

MADE = shutil.ignore_patterns(
    ".venv", ".git", "build", "dist", "*.egg-info", "doudi-home", ".*_cache", "__pycache__"
)
"""What tools make in a checkout, some of it while this runs."""


def run(*command: str | Path, cwd: Path, **env: str) -> None:
    """Run a command, or stop with what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")


def expected() -> set[str]:
    """Every file of the rooms that the wheel must hold, by its name in the wheel."""
    folders = {name: SETUP["package-dir"].get(name, name) for name in SETUP["packages"]}
    return {
        f"{package.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"
        for package, folder in folders.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and (path.suffix in SUFFIXES or path.name == "py.typed")
        and not any(part.is_symlink() for part in path.parents if part != ROOT)
        and "__pycache__" not in path.parts
    }


def main() -> None:
    """Build, compare, install into an empty folder, test there."""
    with tempfile.TemporaryDirectory(prefix="doudi-wheel-") as name:
        folder = Path(name)
        source = folder / "source"
        shutil.copytree(ROOT, source, symlinks=True, ignore=MADE)
        python = sys.executable
        run(python, "-m", "build", "--wheel", "--no-isolation", "-o", folder, source, cwd=folder)
        wheel = next(folder.glob("*.whl"))
        held = {n for n in zipfile.ZipFile(wheel).namelist() if n.startswith("doudi/")}
        if expected() != held:
            sys.exit(
                f"missing in the wheel: {sorted(expected() - held)}; extra: {held - expected()}"
            )
        site = folder / "site"
        run(python, "-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel, cwd=folder)
        for room in ("tests", "benchmarks"):  # tests plant the faults that benchmarks plant
            shutil.copytree(ROOT / room, folder / "outside" / room, ignore=MADE)
        shutil.copy(ROOT / "pyproject.toml", folder / "outside" / "pyproject.toml")
        where = (
            "import doudi.graph, sys; sys.exit(not doudi.graph.__file__.startswith(sys.argv[1]))"
        )
        path = {"PYTHONPATH": str(site)}
        run(python, "-c", where, site, cwd=folder / "outside", **path)
        rooms = [f"tests/{room}" for room in ("casework", "linking", "loaders", "policy")]
        command = [python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
        command += ["-m", "not checkout"]
        run(*command, *rooms, cwd=folder / "outside", **path)
    sys.stdout.write(f"wheel: {len(held)} files, tested from outside the checkout\n")


if __name__ == "__main__":
    main()
