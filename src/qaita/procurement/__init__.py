"""Tenders, lots, sealed bids, awards, contracts."""
