# Two commands do everything: `make demo` and `make test`. Both set up what they need first.

PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'Needed: Python 3.11 to 3.13 with venv (on Debian the package python3-venv)'

.PHONY: setup
setup: .venv/ready ## Set up the connector, its tests and checks

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo 'Python has no venv here. On Debian and Ubuntu: apt install python3-venv'; exit 1; }
	@echo 'Setting up the connector, its tests and checks in .venv: 500 MB on disk,'
	@echo 'half a minute to two minutes.'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	touch $@

.PHONY: demo
demo: setup .venv-airbyte/ready ## Two syncs of a stand-in Kaltura; CONFIG=file: of yours
	@.venv-airbyte/bin/python -m demo $(if $(CONFIG),--config '$(CONFIG)') \
		$(if $(STREAMS),--streams '$(STREAMS)') $(if $(DATABASE),--database '$(DATABASE)')

.PHONY: demo-test
demo-test: setup .venv-airbyte/ready ## The demo, the queries, commands of the docs
	.venv-airbyte/bin/python -m pytest demo -W ignore

# PyAirbyte says that it needs a Python below 3.13, and works on 3.13 all the same.
.venv-airbyte/ready: demo/constraints.txt
	@echo 'Setting up PyAirbyte and DuckDB in .venv-airbyte: 800 MB on disk, one to three'
	@echo 'minutes. PyAirbyte brings what it needs for every warehouse.'
	$(PYTHON) -m venv .venv-airbyte
	.venv-airbyte/bin/pip install --quiet --disable-pip-version-check --ignore-requires-python airbyte pytest --constraint $<
	touch $@

.PHONY: test
test: lint unit test-queries integration ## Style, types and tests, for some minutes

.PHONY: lint
lint: setup ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: unit
unit: setup ## Unit tests
	$(BIN)/pytest unit_tests

.PHONY: bad-servers
bad-servers: setup ## The table of bad servers in docs/reliability.md
	UPDATE_DOCS=1 $(BIN)/pytest unit_tests/test_bad_servers.py

.PHONY: integration
integration: setup ## The connector as a process against the sandbox
	$(BIN)/pytest integration_tests

.PHONY: queries
queries: .venv-sqlglot/ready ## Translate the queries for Snowflake and BigQuery
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
test-destinations: setup .venv-airbyte/ready ## Syncs into DuckDB and PostgreSQL
	integration_tests/destinations/install_postgresql.sh
	$(DESTINATIONS) --destination duckdb --destination postgresql

.PHONY: test-emulators
test-emulators: setup .venv-airbyte/ready .venv-snowflake/ready .venv-bigquery/ready ## Syncs into emulators of Snowflake and BigQuery
	$(DESTINATIONS) --destination snowflake --destination bigquery

.venv-snowflake/ready .venv-bigquery/ready: .venv-%/ready: integration_tests/destinations/%/constraints.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

.PHONY: test-new-report
test-new-report: setup ## Unit tests with a made-up report, for some minutes
	$(BIN)/pytest new_report_tests

.PHONY: long-tests
long-tests: setup ## Hundreds of random schedules of syncs
	SCHEDULES=200 $(BIN)/pytest integration_tests/test_schedules.py

CDK ?= 7.*

.PHONY: test-cdk
test-cdk: ## Tests on the newest CDK, or on CDK=7.36.*
	rm -rf .venv-cdk
	$(PYTHON) -m venv .venv-cdk
	.venv-cdk/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]' 'airbyte-cdk==$(CDK)'
	.venv-cdk/bin/pip show airbyte-cdk
	.venv-cdk/bin/pytest unit_tests integration_tests/test_printing.py

BENCH_RUNS ?= 5

.PHONY: bench
bench: setup .venv-singer/ready .venv-bench/ready ## Speed and memory: benchmarks/results.md
	.venv-bench/bin/python -m benchmarks --runs $(BENCH_RUNS) $(BENCH_CASES)

.venv-singer/ready: benchmarks/rivals/singer/constraints.txt
	$(PYTHON) -m venv .venv-singer
	.venv-singer/bin/pip install --quiet --disable-pip-version-check singer-sdk --constraint $<
	touch $@

.venv-bench/ready: benchmarks/constraints.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check matplotlib --constraint $<
	touch $@

include release.mk

.PHONY: clean
clean: ## Remove everything that was set up
	rm -rf .venv* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
