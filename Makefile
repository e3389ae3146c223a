# The project's few commands. `make` alone lists them.
# Python is looked for as python3, then by version; say PYTHON=/path/to/python to choose one yourself.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
WALL_AND_READ_DOOR := tests/architecture/test_tenancy_catalog.py tests/database/test_tenancy.py tests/reading \
	tests/security/test_another_tenant.py
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	--python-version 3.11

# How many adversarial requests an audit makes.
REQUESTS ?= 1000000

.PHONY: help demo test test-databases audit examples check bench install install-dev lock lock-check clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## Serve the demo on 127.0.0.1:8000 (PORT=9000 make demo: on another port)
	@exec $(BIN)/portal demo

test: install-dev ## Run every test, on a Postgres of its own and without the network
	@$(BIN)/pytest -n 2 --dist loadgroup

test-databases: install-dev ## Test the wall and the read door on other databases: with partitions, on the embedded server
	@for database in auto:16 embedded:0 embedded:16; do \
		echo "PORTAL_POSTGRES=$${database%:*} PORTAL_PARTITIONS=$${database#*:}"; \
		PORTAL_POSTGRES=$${database%:*} PORTAL_PARTITIONS=$${database#*:} \
			$(BIN)/pytest -q -n 2 --dist loadgroup $(WALL_AND_READ_DOOR) || exit 1; \
	done

audit: install-dev ## Prove at length that nothing leaks, and count (REQUESTS=10000 make audit: a shorter attack)
	@$(BIN)/pytest -v -m proof --long --requests $(REQUESTS) --no-cov -n 2 --dist loadgroup tests/security tests/reading

examples: install-dev ## Install what the TypeScript example needs from npm, and run all examples of docs/examples
	@command -v npm >/dev/null || { echo 'make examples needs Node 20 or newer with npm.' >&2; exit 1; }
	@cd docs/examples/typescript && npm install --no-audit --no-fund --loglevel=error
	@$(BIN)/pytest -q --no-cov tests/examples

check: install-dev lock-check ## Formatting, lint, types, import order, what is generated, the locks
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/portal export-schema --check
	@$(BIN)/portal export-permissions --check
	@$(BIN)/portal export-docs --check

bench: install-dev ## Measure against hand-written SQL and an idiomatic server
	@$(BIN)/python -m benchmarks

install: $(VENV)/.installed ## Make .venv with what the portal needs to run
install-dev: $(VENV)/.installed-dev ## The same with what its developers need

$(BIN)/python:
	@chosen=''; \
	if [ -n "$(PYTHON)" ] && ! "$(PYTHON)" -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then \
		echo '$(PYTHON) is no Python 3.11 or newer: set PYTHON to one.' >&2; exit 1; \
	fi; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		if "$$candidate" -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then chosen=$$candidate; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo 'Python 3.11 or newer was not found: install it, or run make with PYTHON=/path/to/python.' >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$chosen" --version)"; \
	"$$chosen" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$$chosen can't make a virtual environment: install its venv module (Debian: python3-venv)." >&2; exit 1; }

# A lock is whole, so pip resolves nothing (--no-deps): what was released since can't come between.
# Touched last, so that an interrupted installation is done again; an unchanged lock installs nothing.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'Installing what the portal needs'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo 'Installing what its developers need'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# Locked beside pyproject.toml's own: what builds the project, and what makes the locks.
lock: ## Lock the newest versions that pyproject.toml allows
	@test -x $(BIN)/uv || { echo 'make lock needs uv: run make install-dev first.' >&2; exit 1; }
	@echo 'setuptools>=80' | $(COMPILE) --upgrade --output-file requirements.lock pyproject.toml -
	@printf 'setuptools>=80\nuv>=0.13\n' | $(COMPILE) --upgrade --constraint requirements.lock --extra dev \
		--output-file requirements-dev.lock pyproject.toml -

# Compares the locks with pyproject.toml and asks no registry, so it works on a train.
lock-check: install-dev
	@$(BIN)/pytest -q --no-cov -p no:cacheprovider tests/architecture/test_locks.py

clean: ## Remove .venv and caches; the demo's data in .portal stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
