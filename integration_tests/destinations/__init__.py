"""The connector syncs into warehouses, through PyAirbyte; every table is compared with the truth.

DuckDB and PostgreSQL are real. Snowflake and BigQuery are emulators, each a server with its own
environment. The tests are the same for all of them; what differs is in a module for each.
"""
