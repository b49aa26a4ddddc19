# Hearth's commands. `make` alone lists them; every target works from a fresh clone.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

PYTHON ?= python3
TOOLS  := .tools
VENV   := .venv
STAMPS := .stamps
BIN    := $(VENV)/bin
UV     := $(TOOLS)/bin/uv
UV_VERSION := 0.13.9

# The five rooms, as mypy and the wheel know them.
ROOMS := hearth features training serving governance
BENCHMARKS := $(patsubst benchmarks/bench_%.py,%,$(wildcard benchmarks/bench_*.py))
BENCH_TARGETS := $(addprefix bench-,$(subst _,-,$(BENCHMARKS)))

# uv does not read pip's configuration: hand an index named there on to it, whatever it is.
use_index = index=$$($(TOOLS)/bin/python -m pip config get global.index-url 2>/dev/null || true); \
	if [ -n "$$index" ] && [ -z "$$UV_DEFAULT_INDEX$$UV_INDEX_URL" ]; then export UV_DEFAULT_INDEX="$$index"; fi;
quiet_pip = --quiet --disable-pip-version-check --no-input

.PHONY: help setup check test test-deep test-slim demo bench $(BENCH_TARGETS) lock clean

help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@for name in $(BENCH_TARGETS); do printf '  make %s\n' "$$name"; done

setup: $(STAMPS)/project $(STAMPS)/assets ## Everything the other commands need, in .venv (a second time does nothing)
	@:

$(STAMPS)/uv-$(UV_VERSION): scripts/check_prerequisites.sh
	@mkdir -p $(STAMPS)
	@scripts/check_prerequisites.sh $(PYTHON)
	@echo "hearth: preparing the package installer"
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install $(quiet_pip) uv==$(UV_VERSION) 2>$(STAMPS)/pip.log || { cat $(STAMPS)/pip.log >&2; exit 1; }
	@touch $@

$(STAMPS)/packages: requirements.lock $(STAMPS)/uv-$(UV_VERSION)
	@echo "hearth: installing the locked packages (about 1.3 GB on disk)"
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@$(use_index) $(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/packages
	@$(use_index) $(UV) pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@

$(STAMPS)/assets: package.json package-lock.json .npmrc scripts/build_assets.sh $(wildcard serving/pages/assets/*.scss) $(STAMPS)/uv-$(UV_VERSION)
	@echo "hearth: building the pages' style sheet"
	@$(use_index) scripts/build_assets.sh $(TOOLS)
	@touch $@

check: setup ## Lint, format, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: check ## Prove it: every check, test and notebook
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --nbmake tests $(wildcard notebooks)

test-deep: setup ## The same laws, searched for much longer, afresh each time
	@$(BIN)/python -m pytest -n 2 --dist loadgroup --hypothesis-profile=deep -m "deep or not deep" tests

test-slim: setup ## The service's tests with its base dependencies alone, in an environment thrown away afterwards
	@$(use_index) PYTHON=$(BIN)/python scripts/test_slim.sh $(UV)

demo: setup ## See it: a made-up council from records to scores, served on http://127.0.0.1:8000
	@PATH="$(CURDIR)/$(BIN):$$PATH" hearth demo

bench: $(BENCH_TARGETS) ## Every benchmark, one after the other; results in benchmarks/results/

$(BENCH_TARGETS): bench-%: setup
	@$(BIN)/python benchmarks/bench_$(subst -,_,$*).py $(ARGS)

lock: $(STAMPS)/uv-$(UV_VERSION) ## Resolve both requirements locks again from pyproject.toml and package-lock.json from package.json
	@$(use_index) $(UV) pip compile pyproject.toml --all-extras --group dev --universal --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	@$(use_index) $(UV) pip compile pyproject.toml --extra kernel --universal --generate-hashes --constraint requirements.lock \
		--no-emit-index-url --no-annotate --no-header --quiet -o requirements-serving.lock
	@npm install --package-lock-only --silent
	@$(PYTHON) scripts/strip_lock_addresses.py package-lock.json

clean: ## Remove what set-up and running made here, the locked files excepted
	rm -rf $(TOOLS) $(VENV) $(STAMPS) node_modules serving/pages/static/vendor .hearth data/council mlruns mlflow.db \
		benchmarks/.work build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find $(ROOMS) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
