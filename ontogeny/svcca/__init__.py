"""The SVCCA study: language models beside tag models, at every epoch (thesis ch. 4)."""
