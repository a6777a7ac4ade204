"""Appeals of citizens: calls, reports and complaints, their legal clocks and their answers.

Nouns: Appeal (what anybody may see), Contact (who filed it and in what words: kept apart and
never shown, logged or written into the ledger), Answer. Bursts of appeals near one section propose
an incident. Law: `law/parameters/appeals.yaml`.
"""
