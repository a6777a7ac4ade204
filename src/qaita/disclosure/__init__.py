"""What the public gets: OCDS, OC4IDS, open data, indicators."""
