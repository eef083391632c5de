"""`make demo`: the connector run through PyAirbyte into DuckDB, and questions to the result."""
