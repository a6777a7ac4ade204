"""The demonstration: a made-up country on real borders, towns and topologies, and one whole chain.

Everything is told through the services of the rooms by people with roles and keys, so every state
is reachable by hand and the ledger is whole. The same seed and day give the same country.
"""
