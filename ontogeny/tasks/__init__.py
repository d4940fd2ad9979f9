"""Texts that networks learn from otherwise than word by word: characters, classes."""
