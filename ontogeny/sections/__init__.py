"""What settings are made of, below all studies."""
