"""Tests of the demo and of the example queries, run by `make demo-test`."""
