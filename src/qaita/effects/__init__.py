"""Before and after: what the works changed. Facts come from the failures of networks.

Nouns: Effect (one project), ServiceEffect (one service). No tables: everything is computed from
the register's lineage and failures, so it cannot disagree with them.
Rule when it is too early to judge: `law/parameters/effects.yaml`.
"""
