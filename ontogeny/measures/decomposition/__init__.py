"""LSTMs decomposed by what their words contribute: `ontogeny.decomposition`."""
