# Everything a newcomer needs: `make run` to try Spectron, `make test` to check it.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DATA ?= data
BIND ?= 127.0.0.1:9090
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup run check format sdk docs lock demo-recording screenshots test test-fast coverage clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Install everything into .venv (done by the other targets when needed)

$(READY): pyproject.toml constraints.txt
	@echo "Installing into .venv; this takes a minute or two the first time."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

run: $(READY) ## Start a server, fill its Context demo, and open the dashboard (DATA and BIND can be set)
	@$(BIN)/python -m spectron_tui.trial --data-dir $(DATA) --bind $(BIND)

check: $(READY) ## Lint, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy benchmarks
	$(BIN)/lint-imports --no-logo

format: $(READY) ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sdk: $(READY) ## Generate the synchronous SDK from the asynchronous one
	$(BIN)/python spectron/generate.py

docs: $(READY) ## Write the reference pages from the code
	$(BIN)/python -m docs

lock: $(READY) ## Write the versions that are installed now to constraints.txt
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

demo-recording: $(READY) ## Record anew what `--demo` plays and pictures show
	$(BIN)/python -W ignore -m tests.spectron_tui.demo.make

screenshots: $(READY) ## Render the pictures of the README
	$(BIN)/python -m pytest -q tests/spectron_tui/pictures/test_places.py -k 'test_filled and middle' --snapshot-update
	@mkdir -p docs/pictures
	@for place in overview ingestion; do \
		cp "tests/spectron_tui/pictures/__snapshots__/test_places/test_filled[middle-$$place].svg" docs/pictures/$$place.svg; \
	done

test: $(READY) ## Run the whole suite
	$(BIN)/python -m pytest $(TESTS) -m 'not slow and not e2e' --numprocesses auto
	$(BIN)/python -m pytest $(TESTS) -m 'slow or e2e' --numprocesses auto --dist loadfile

coverage: $(READY) ## Run the unit tests and list what they leave out
	$(BIN)/python -m pytest $(TESTS) -m 'not slow and not e2e' --numprocesses auto --cov --cov-report=term:skip-covered

test-fast: $(READY) ## Run the unit tests alone
	$(BIN)/python -m pytest $(TESTS) -m 'not slow and not e2e' --numprocesses auto

clean: ## Remove what was installed and built
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage
