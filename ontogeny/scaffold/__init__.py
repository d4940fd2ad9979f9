"""Scaffolds: does a model learn a long-distance rule by way of short sequences?"""
