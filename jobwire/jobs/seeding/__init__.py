"""Seeding: invented jobs with whole histories, to see how a full database fares."""
