"""Version 1 of the HTTP interface, one module per room."""
