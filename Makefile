# Everything a fresh machine needs is made here: python3 ≥ 3.11 with venv, make and a package index suffice.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# tests/conftest.py says which tests start processes; all others run on all cores at once.
ALL_TESTS = $(PYTEST) --numprocesses auto --dist loadfile -m "not processes" && $(PYTEST) -m processes
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup preview demo run test chaos bench check format docs image-check lock

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/make \1 \t/p' $(MAKEFILE_LIST)

setup: .venv/.ready  ## what the others need; they do it by themselves

# uv installs in seconds what the lock file names. Where it cannot reach the index by itself, pip installs the same,
# by the same hashes, with whatever index pip is set up for.
.venv/.ready: pyproject.toml uv.lock Makefile
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv sync --quiet --frozen --inexact --all-extras --python $(BIN)/python || { \
		$(BIN)/uv export --quiet --frozen --all-extras --output-file .venv/requirements.txt && \
		$(BIN)/python -m pip install --quiet --require-hashes --requirement .venv/requirements.txt; }
	touch $@

preview: setup  ## the bot in a local Discord in your browser
	@$(BIN)/python -m bot preview || [ $$? = 130 ]

demo: setup  ## the same, once, into out/demo
	@$(BIN)/python -m bot demo

run: setup  ## the bot on Discord; make run ARGS="--config my.toml"
	@$(BIN)/python -m bot run $(ARGS) || [ $$? = 130 ]

test: setup  ## all tests
	@$(ALL_TESTS)

chaos: setup  ## kills and faults by seed, then all books compared; make chaos ARGS="--seed 7 --bot easel"
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: setup  ## the tables of measurements; make bench ARGS=load
	@$(BIN)/python -m tests.bench $(ARGS)

check: setup  ## what CI runs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(ALL_TESTS)

format: setup  ## write the code as the checks want it
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: setup  ## the example configuration, its reference page and that of the styles, made of the code
	$(BIN)/python -m bot configuration --format toml > config.example.toml
	$(BIN)/python -m bot configuration --format markdown > docs/configuration.md
	$(BIN)/python -m bot styles --markdown > docs/styles.md

image-check: setup  ## the Dockerfile, built and run; as root on Debian, without Docker
	deploy/check-image

lock: setup  ## newer versions of the libraries
	$(BIN)/uv lock --upgrade
