"""Airbyte's side of the connector: streams, records, states, errors and the connection check."""
