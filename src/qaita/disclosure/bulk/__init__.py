"""Open data as whole files: tables as CSV, lines as GeoJSON, purchases and projects as JSON."""
