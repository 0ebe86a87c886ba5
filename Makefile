# Everything is set up in .venv from constraints.txt; nothing else is needed but Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint unit wheel notebooks bench docs setup clean

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: setup
	$(BIN)/doudi demo

# The tests take two cores by themselves; the rest, of which most takes one, shares them.
test: setup
	$(MAKE) -j 2 lint notebooks wheel
	$(MAKE) unit

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

unit: setup
	$(BIN)/pytest -n 2

wheel: setup
	$(BIN)/python tests/wheel_check.py

notebooks: setup
	$(BIN)/python notebooks/run.py

bench: setup
	$(BIN)/python -m benchmarks

docs: setup
	$(BIN)/python docs/render.py

clean:
	rm -rf .venv build dist *.egg-info
