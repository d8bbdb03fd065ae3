# `make run` and `make test` install what they need; the rest is for developers.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Python keeps what it has compiled, whatever the environment says: every process starts sooner.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check bench soak format module migration package image audit lock clean help

help:  ## Say what there is.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: $(BIN)/.run web/dist/.built  ## Install, build and start everything with demo data.
	@$(BIN)/gausdo up --demo

test: $(BIN)/.test web/dist/.built  ## Run every check and all tests.
	@$(BIN)/python -m tools.test

check: $(BIN)/.test web/dist/.built  ## Run the checks alone: format, lint, types, rules of the house.
	@$(BIN)/python -m tools.test --checks

bench: $(BIN)/.test web/dist/.built  ## Measure the budgets: make bench SCALE=full ONLY=board EXPLAIN=1
	@$(BIN)/python -m tests.bench --scale $(or $(SCALE),tenth) --only "$(ONLY)" $(if $(EXPLAIN),--explain)

soak: $(BIN)/.test  ## Hurt an installation for long: more kills, more outages, more people, hostile requests.
	@GAUSDO_SOAK=1 $(BIN)/python -m pytest -n 0 -s tests/failures tests/hostile

format: $(BIN)/.test web/node_modules/.installed  ## Format the code.
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix . ; cd web && npm run -s format

module: $(BIN)/.test  ## Make a new module: make module NAME=invoices
	@$(BIN)/python -m tools.module $(NAME) $(RECORD)

migration: $(BIN)/.test  ## Write a migration from tables.py: make migration MODULE=sales TITLE="Add colours"
	@$(BIN)/python -m tools.revision $(MODULE) "$(TITLE)"

package: $(BIN)/.run web/dist/.built  ## Build the packages, a wheel and an sdist, into dist/.
	@$(BIN)/hatchling build --clean

image:  ## Build the container image with Docker: make image TAG=gausdo:latest
	@docker build -f deploy/Dockerfile --build-arg REVISION="$$(git rev-parse HEAD)" -t $(or $(TAG),gausdo:latest) .

audit: web/node_modules/.installed  ## Ask for known vulnerabilities of what the lock files name.
	@for lock in requirements*.lock; do \
		$(BIN)/uv tool run -q pip-audit==2.10.0 --disable-pip --require-hashes -r $$lock || exit 1; done
	@cd web && npm audit

lock:  ## Write the lock files anew from pyproject.toml.
	@$(BIN)/python -m tools.lock

clean:  ## Remove what was installed and built; data stays.
	rm -rf .venv dist web/node_modules web/dist

$(BIN)/python:
	@echo "Making a virtual environment…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gausdo needs Python 3.11 or later; tell another one with make PYTHON=…")'
	@$(PYTHON) -m venv .venv

# uv installs in seconds what takes pip a minute; where it cannot, pip does it.
PIP := $(BIN)/pip install -qq --disable-pip-version-check
UV := $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python
LOCKED = $(UV) --require-hashes -r $(1) 2>/dev/null || $(PIP) --require-hashes -r $(1)

$(BIN)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Python packages and Node: about 1.5 GB, once…"
	@$(PIP) --require-hashes -r requirements-installer.lock
	@$(call LOCKED,requirements.lock)
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/.test: requirements-dev.lock $(BIN)/.run
	@echo "Installing what tests need…"
	@$(call LOCKED,requirements-dev.lock)
	@touch $@

web/node_modules/.installed: web/package-lock.json $(BIN)/.run
	@echo "Installing the packages of the interface…"
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

WEB := $(shell find web/src web/public web/scripts -type f 2>/dev/null) web/index.html web/vite.config.ts web/package.json

web/dist/.built: $(WEB) web/node_modules/.installed
	@echo "Building the interface…"
	@cd web && npm run -s build
	@touch $@
