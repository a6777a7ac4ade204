"""What the outage of a line takes in an electric grid: by its graph, and by load flow.

`grid` (the arrays), `loadflow` (many states of one grid at once, by power-grid-model), `shedding`
(whom a grid that cannot carry its load must switch off), `outages` (every line in turn).
"""
