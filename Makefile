# The project's commands, for people and CI alike. On a bare machine with
# Python 3.11 or newer each sets up what it needs, in .venv.

PYTHON ?= python3
CORES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
READY := $(VENV)/.ready

export PATH := $(BIN):$(PATH)

.PHONY: all test env lint format schema bench trials report clean clean-activations
.DEFAULT_GOAL := all

all: $(READY)  ## the figures and claims of the default corpus, mini
	snakemake --cores $(CORES) all

test: $(READY)  ## unit tests, doctests and a small workflow run
	pytest

env: $(READY)  ## the virtual environment, with exact pins

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ontogeny needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	touch $@

lint: $(READY)  ## style, formats, types, the workflow's own linter
	ruff check .
	ruff format --check .
	mypy
	snakefmt --check Snakefile workflow/Snakefile rules
	codespell
	snakemake --lint

format: $(READY)
	ruff check --fix .
	ruff format .
	snakefmt Snakefile workflow/Snakefile rules

schema: $(READY)  ## config/schema.yaml from the settings' types
	ontogeny schema > config/schema.yaml

bench: $(READY)  ## speed and memory, into results/benchmarks/
	$(BIN)/python -m benchmarks

trials: $(READY)  ## hours: kills, damaged files and SLURM in earnest, logged in docs/
	$(BIN)/python tests/survival/kills.py
	$(BIN)/python tests/survival/flips.py
	$(BIN)/python tests/slurm/compare.py

report: all  ## results/report.html: every figure, table and claim of mini, to be opened anywhere
	snakemake --report results/report.html all

clean-activations:  ## delete the recorded vectors; no figure or table is out of date by it
	rm -rf results/*/activations/*/seed*/epoch*

clean:
	rm -rf $(VENV) .snakemake .pytest_cache .ruff_cache .mypy_cache
