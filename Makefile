# Two commands do everything: `make demo` and `make test`. Both set up what they need first.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/ready ## Make the environment of the connector, its tests and checks

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	touch $@

.PHONY: test
test: lint unit integration ## Lint, types, and all tests that take minutes

.PHONY: lint
lint: setup ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: unit
unit: setup ## Unit tests
	$(BIN)/pytest unit_tests

.PHONY: integration
integration: setup ## The connector as a process against the sandbox
	$(BIN)/pytest integration_tests

.PHONY: clean
clean: ## Remove everything that was set up
	rm -rf .venv* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
