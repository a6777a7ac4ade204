"""Settings, addresses and server entry points: the only place that knows everything."""
