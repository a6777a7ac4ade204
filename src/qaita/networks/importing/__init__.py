"""Reading networks from files."""
