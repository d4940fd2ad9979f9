"""Tasks of probes: sentences with something to be predicted of words and word pairs."""
