"""Legal parameters with dates and the working-day calendar."""
