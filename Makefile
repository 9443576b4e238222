# The ways to run this project. `make demo` and `make test` are all that one needs to know.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

# Where this is set, each start would compile every module again: half of what a start takes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install install-dev demo test test-cluster check lint types imports unit unit-postgres journeys format migration lock system

install: $(VENV)/.installed  ## .venv with the command `collateral`

install-dev: $(VENV)/.installed-dev

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv

$(VENV)/.installed: requirements/runtime.lock pyproject.toml | $(UV)
	$(UV) pip install --python $(BIN)/python --quiet --compile-bytecode --require-hashes -r requirements/runtime.lock
	$(UV) pip install --python $(BIN)/python --quiet --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: requirements/dev.lock $(VENV)/.installed
	$(UV) pip install --python $(BIN)/python --quiet --compile-bytecode --require-hashes -r requirements/dev.lock
	@touch $@

demo: install  ## a sample library and the app, on PORT
	$(BIN)/collateral demo --port $(PORT)

system:  ## what tests need from the system: Chromium and nginx
	@tools/need-chromium.sh
	@tools/need-nginx.sh

test: install-dev system  ## everything
	@tools/test.sh

test-cluster: install-dev system  ## both sides of everything, through several machines
	@tools/test-cluster.sh

check: lint types imports

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates

types: install-dev
	$(BIN)/mypy

imports: install-dev
	$(BIN)/lint-imports

unit: install-dev
	$(BIN)/pytest -q -n 2 -m "not journey and not cluster"

unit-postgres: install-dev
	$(BIN)/python tools/with_postgres.py $(BIN)/pytest -q -n 2 -m "not journey and not cluster"

journeys: install-dev system  ## in the browser, with pictures of every page in build/screens
	COLLATERAL_PICTURES=1 $(BIN)/pytest -q -m journey tests/journeys

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migration: install-dev  ## make a migration from the models: make migration M="what it does"
	$(BIN)/python tools/migration.py "$(M)"

lock: install-dev
	$(UV) pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url -q -o requirements/runtime.lock
	$(UV) pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url -q -o requirements/dev.lock
