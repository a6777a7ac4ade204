"""Before and after: what the renewal changed."""
