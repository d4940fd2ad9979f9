"""Texts whose words carry labels."""
