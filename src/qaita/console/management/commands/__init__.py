"""Every command lives here."""
