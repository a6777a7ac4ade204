"""Tenders, lots, sealed bids, awards, complaints, contracts and their amendments.

One procedure: prequalification first, prices second (Order 374 of 19.09.2025). A price is
encrypted by the bidder to the keys of the committee, k of n of whom open it; the server
never holds what would open it earlier.
"""
