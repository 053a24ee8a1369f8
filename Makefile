# The portal's habits. `make help` lists them; `.ci/run` runs check and test on a new machine.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# The first Python of at least 3.11 that can make an environment.
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 8000
SCALE ?= full
DEMO := DEMO=1 VAR_DIR=var/demo DATABASE_URL= REDIS_URL= S3_BUCKET= SITE_URL=http://127.0.0.1:$(PORT)
# What a real installation sets; nothing is opened at these addresses.
PRODUCTION := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	DATABASE_URL=postgres://portal@127.0.0.1/portal REDIS_URL=redis://127.0.0.1:6379/0 \
	SITE_URL=https://portal.example ALLOWED_HOSTS=portal.example DEBUG=off DEMO=off VAR_DIR=var/check
TEMPLATES = $$(git ls-files '*.html')
PYTHONS = $$(git ls-files '*.py' ':!:*/migrations/*')
# Say nothing when all is well, everything when it is not.
quietly = said=$$($(1) 2>&1) || { echo "$$said"; exit 1; }
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url

.PHONY: help setup setup-dev demo test check fmt bench worker web screenshots lock vendor \
	check-python check-types check-house check-templates check-django check-vendor

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: .venv/runs  ## Make the environment that runs the portal
setup-dev: .venv/tests  ## Make the environment that builds and tests it

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/runs: $(BIN)/python requirements.lock
	@echo "Installing requirements.lock"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@touch $@

.venv/tests: $(BIN)/python requirements-dev.lock
	@echo "Installing requirements-dev.lock"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@ .venv/runs

demo: setup  ## Serve a lifelike demo on http://127.0.0.1:8000 (PORT=…, RESET=1 begins anew)
	@if [ -n "$(RESET)" ] || [ ! -e var/demo/loaded ]; then rm -rf var/demo; fi
	@$(DEMO) $(BIN)/python manage.py migrate --verbosity 0
	@if [ ! -e var/demo/loaded ]; then $(DEMO) $(BIN)/python manage.py load_demo && touch var/demo/loaded; fi
	@$(DEMO) $(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@$(DEMO) $(BIN)/python manage.py serve_demo --port $(PORT)

test: setup-dev  ## Test everything this machine can, and name what it could not
	@$(BIN)/python -m tests

check: setup-dev  ## The quick checks: style, layers, types, templates, migrations, deployment
	@$(MAKE) -j 2 --output-sync=target check-types check-python check-house check-templates check-django check-vendor
	@echo "All checks passed"

check-python:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "make fmt formats these:"; $(BIN)/ruff format --check .; }
	@$(BIN)/django-upgrade --target-version 5.2 --check $(PYTHONS)

check-types:
	@VAR_DIR=var/check $(BIN)/mypy --no-error-summary

check-house:
	@$(call quietly,$(BIN)/lint-imports --no-cache)

check-templates:
	@$(call quietly,$(BIN)/djhtml --tabwidth 2 --check $(TEMPLATES))
	@$(call quietly,$(BIN)/djade --target-version 5.2 --check $(TEMPLATES))
	@$(BIN)/djlint --lint --quiet $(TEMPLATES)

check-django:
	@$(call quietly,VAR_DIR=var/check $(BIN)/python manage.py makemigrations --check --dry-run)
	@$(call quietly,$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING)

check-vendor:
	@cd static/vendor && sha384sum --check --quiet --strict SHA384SUMS

fmt: setup-dev  ## Format Python and templates
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/django-upgrade --target-version 5.2 $(PYTHONS) || true
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES) || true
	@$(BIN)/djhtml --tabwidth 2 $(TEMPLATES) > /dev/null

bench: setup-dev  ## Run one benchmark: make bench NAME=numbering [SCALE=small]
	@$(BIN)/python -m bench $(NAME) --scale $(SCALE)

web: setup  ## Serve the pages with the settings of .env
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@$(BIN)/gunicorn portal.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --limit-request-line 8190

worker: setup  ## Do the work behind the pages
	@$(BIN)/python manage.py run_worker

screenshots: setup-dev  ## Take the pictures of the manual and the README (ONLY="inbox board")
	@$(BIN)/python tools/screenshots.py $(ONLY)

lock: setup-dev  ## Pin the hashes of requirements*.txt
	@$(COMPILE) requirements.txt -o requirements.lock
	@$(COMPILE) requirements-dev.txt -c requirements.lock -o requirements-dev.lock

vendor:  ## Fetch the vendored libraries again (needs node)
	@npm ci --ignore-scripts && node tools/vendor.mjs
