"""The desk: one home per role with its queue."""
