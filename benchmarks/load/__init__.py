"""Servers under as many requests as they can answer."""
