"""The public portal: pages without session, user or cookie."""
