"""Long work: progress, resume and outcome."""
