# The project's commands, for people and CI alike. On a bare machine with
# Python 3.11 or newer each sets up what it needs, in .venv.

PYTHON ?= python3
CORES ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')
# Relative, because make divides names at blanks, and the folder's may have one.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Thousands of processes start in a test: what one has compiled, the others take.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all test unit quick env lint format schema architecture publish bench trials report clean clean-activations
.DEFAULT_GOAL := all

all: $(READY)  ## the figures and claims of the default corpus, mini
	snakemake --cores $(CORES) all

# Doctests and unit tests on all cores beside small runs of the workflow, and beside
# both the run on SLURM, which waits more than it computes; then the thorough ones. All
# use one tiny run, and one process at a time.
test: $(READY)  ## all tests
	made=$$(mktemp -d) && trap 'kill $$! 2> /dev/null; rm -rf "$$made"' EXIT && export TINY_RUN="$$made" && \
	{ .ci/stage "SLURM" pytest tests/slurm > "$$made/slurm.log" 2>&1 & } && \
	.ci/stage "Unit tests, doctests, workflow runs" pytest -n $(CORES) -m "not thorough" --durations=15 && \
	{ wait $$! && cat "$$made/slurm.log" || { cat "$$made/slurm.log"; exit 1; }; } && \
	.ci/stage "Thorough tests" pytest -n $(CORES) -m thorough --ignore=tests/slurm --durations=15

unit: $(READY)  ## all tests but runs of the workflow and thorough ones
	pytest -n $(CORES) -m "not slow and not thorough"

quick: $(READY)  ## style, types and tests that what differs from the last commit reaches
	$(BIN)/python tests/quick.py

env: $(READY)  ## the virtual environment, with exact pins

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ontogeny needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python envs/install.py requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	touch $@

lint: $(READY)  ## style, formats, types, the workflow's own linter
	mypy & types=$$!; ruff check . && ruff format --check . && \
	snakefmt --check Snakefile workflow/Snakefile rules && \
	codespell && snakemake --lint && wait $$types

format: $(READY)
	ruff check --fix .
	ruff format .
	snakefmt Snakefile workflow/Snakefile rules

schema: $(READY)  ## config/schema.yaml from the settings' types
	ontogeny schema > config/schema.yaml

architecture: $(READY)  ## the drawing and table of docs/architecture.md, from the imports
	$(BIN)/python docs/architecture.py

publish: $(READY)  ## claims, counts and figures of docs/ and README from a run: RUN=results/mini
	$(BIN)/python docs/publish.py $(RUN)

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
