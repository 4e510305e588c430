# Waymark's verbs. Needs Python 3.11 or later and make; everything else is installed into .venv.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
TCK ?=

MODELS ?= 5000
SEED ?=

CORPUS ?= processes
MUTATE ?= 20

VENV := .venv
BIN := $(VENV)/bin
NODE_MODULES := app/web/node_modules

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench chaos tck browser clean growth golden oracle corpus sbom pictures

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.installed $(NODE_MODULES)/.installed ## install all that is needed, without starting anything

$(VENV)/.installed: uv.lock pyproject.toml bootstrap.py
	@$(PYTHON) bootstrap.py $(VENV)
	@touch $@

$(NODE_MODULES)/.installed: app/web/package-lock.json app/web/package.json $(VENV)/.installed
	@$(BIN)/python -c "import sys; from app.web.assets import install; sys.exit(install())"
	@touch $@

run: setup ## start the demo on http://127.0.0.1:$PORT with its worker; Ctrl-C stops both
	@WAYMARK_DEMO=1 PORT=$(PORT) $(BIN)/python -m app.cli run --prepare

test: setup ## run all tests (ARGS="-k consent" picks some)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: setup ## lint, types and the floors' import contracts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## put the code into its format
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

browser: setup ## run only the tests that play the pages in Chromium
	@WAYMARK_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m browser $(ARGS)

bench: setup ## measure what one completed task costs, on PostgreSQL
	@$(BIN)/python benchmarks/completion.py $(ARGS)

growth: setup ## compare the 1,000th turn of every kind of loop with the first
	@PYTHONPATH=. $(BIN)/python benchmarks/growth.py $(ARGS)

golden: setup ## record what this release does, for later ones to be held to (RELEASE=0.2.0)
	@PYTHONPATH=. $(BIN)/python -m tests.golden.make $(RELEASE) $(ARGS)

chaos: setup ## run the long fault tests: kills, races, cut connections
	@WAYMARK_CHAOS=1 $(BIN)/python -m pytest -m chaos --timeout 3600 $(ARGS)

tck: setup ## judge FEEL and decision tables by DMN's official cases (TCK=/path/to/checkout; ARGS=-v lists failures)
	@$(BIN)/python -m tests.tck --tck "$(TCK)" $(ARGS)

oracle: setup ## play MODELS=5000 random processes against a token game; SEED=7 plays one and tells it
	@WAYMARK_ORACLE_MODELS=$(MODELS) $(if $(SEED),WAYMARK_ORACLE_SEED=$(SEED)) $(BIN)/python -m pytest --timeout 3600 \
		$(if $(SEED),-s -k one_process,-n $(WORKERS)) tests/unit/engine/oracle $(ARGS)

corpus: setup ## lint every diagram below CORPUS, whole and damaged: findings, crashes, the slowest
	@$(BIN)/python benchmarks/corpus.py $(CORPUS) --mutate $(MUTATE) $(ARGS)

sbom: setup ## write the list of all packages (CycloneDX): sbom-python.json, sbom-npm.json
	@$$(command -v $(BIN)/uv || command -v uv) export --quiet --frozen --no-dev --format cyclonedx1.5 > sbom-python.json
	@$(BIN)/python -c "import sys; from app.web.assets import npm; sys.exit(npm('sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'))" \
		> sbom-npm.json

pictures: setup ## draw the diagrams for docs/processes anew, where they have changed (ARGS=--again: all)
	@PYTHONPATH=. $(BIN)/python -m tests.pictures $(ARGS)

clean: ## remove what was installed and cached; the demo's data in var/ stay
	@rm -rf $(VENV) $(NODE_MODULES) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
