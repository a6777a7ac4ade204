"""People, organisations, roles, scopes and signatures."""
