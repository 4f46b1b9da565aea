"""Measurements, each in one run on one machine; run them with ./dev bench."""
