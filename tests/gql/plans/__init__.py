"""Plans: the same bytes as the executor, from less work."""
