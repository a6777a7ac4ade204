"""Sites, evidence, acceptance, as-built geometry."""
