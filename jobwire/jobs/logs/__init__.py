"""The log of a job: its lines, how they are stored, read and followed."""
