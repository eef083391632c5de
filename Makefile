# Two commands do everything: `make demo` and `make test`. Both set up what they need first.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/ready ## Make the environment of the connector, its tests and checks

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	touch $@

.PHONY: demo
demo: setup .venv-airbyte/ready ## Two syncs of a stand-in Kaltura into kaltura_rooms.duckdb; a real one with CONFIG=file
	.venv-airbyte/bin/python -m demo $(if $(CONFIG),--config '$(CONFIG)') $(if $(STREAMS),--streams '$(STREAMS)')

.PHONY: demo-test
demo-test: setup .venv-airbyte/ready ## The demo, and every example query in DuckDB
	.venv-airbyte/bin/python -m pytest demo -W ignore

# PyAirbyte says that it needs a Python below 3.13, and works on 3.13 all the same.
.venv-airbyte/ready: demo/constraints.txt
	@echo 'Setting up PyAirbyte, which is large: a minute or two'
	$(PYTHON) -m venv .venv-airbyte
	.venv-airbyte/bin/pip install --quiet --disable-pip-version-check --ignore-requires-python airbyte pytest --constraint $<
	touch $@

.PHONY: test
test: lint unit test-queries integration ## Lint, types, and all tests that take minutes

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

.PHONY: queries
queries: .venv-sqlglot/ready ## Translate the example queries for Snowflake and BigQuery
	.venv-sqlglot/bin/python -m tools.translate_queries

.PHONY: test-queries
test-queries: .venv-sqlglot/ready ## The translated queries are up to date
	.venv-sqlglot/bin/python -m pytest tools

.venv-sqlglot/ready: tools/constraints.txt
	$(PYTHON) -m venv .venv-sqlglot
	.venv-sqlglot/bin/pip install --quiet --disable-pip-version-check sqlglot pytest --constraint $<
	touch $@

DESTINATIONS := .venv-airbyte/bin/python -m pytest integration_tests/destinations -W ignore

.PHONY: test-destinations
test-destinations: setup .venv-airbyte/ready ## Syncs into DuckDB and PostgreSQL, through PyAirbyte
	integration_tests/destinations/install_postgresql.sh
	$(DESTINATIONS) --destination duckdb --destination postgresql

.PHONY: test-emulators
test-emulators: setup .venv-airbyte/ready .venv-snowflake/ready .venv-bigquery/ready ## Syncs into emulators of Snowflake and BigQuery
	$(DESTINATIONS) --destination snowflake --destination bigquery

.venv-snowflake/ready .venv-bigquery/ready: .venv-%/ready: integration_tests/destinations/%/constraints.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

.PHONY: long-tests
long-tests: setup ## Hundreds of random schedules of syncs, for some minutes
	SCHEDULES=200 $(BIN)/pytest integration_tests/test_schedules.py

CDK ?= 7.*

.PHONY: test-cdk
test-cdk: ## Unit and printing tests on the newest CDK that is allowed, or on CDK=7.36.*
	rm -rf .venv-cdk
	$(PYTHON) -m venv .venv-cdk
	.venv-cdk/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]' 'airbyte-cdk==$(CDK)'
	.venv-cdk/bin/pip show airbyte-cdk
	.venv-cdk/bin/pytest unit_tests integration_tests/test_printing.py

BENCH_RUNS ?= 5

.PHONY: bench
bench: setup .venv-singer/ready ## Speed and memory beside a floor and two rivals: benchmarks/results.md
	$(BIN)/python -m benchmarks --runs $(BENCH_RUNS) $(BENCH_CASES)

.venv-singer/ready: benchmarks/rivals/singer/constraints.txt
	$(PYTHON) -m venv .venv-singer
	.venv-singer/bin/pip install --quiet --disable-pip-version-check singer-sdk --constraint $<
	touch $@

include release.mk

.PHONY: clean
clean: ## Remove everything that was set up
	rm -rf .venv* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
