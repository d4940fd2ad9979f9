"""Training: one plain loop, callbacks, a state that survives a kill."""
