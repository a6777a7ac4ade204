"""Building sites, their evidence, the line as it was laid, and acceptance.

Nouns: Site (one signed contract), WorkLine (bill of quantities), Milestone, DigPermit, DayReport,
Evidence (a picture), Measurement, AsBuilt (the laid line), SiteCheck (pressure test, hidden-works
act), Act (of acceptance). Kilometres come only from the geometry of an accepted AsBuilt.
Law: `law/parameters/acceptance.yaml`.
"""
