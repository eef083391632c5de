"""How fast the connector is, beside a floor and two ways in which others would do the same work.

`make bench` runs it; `README.md` says what it measures.
"""
