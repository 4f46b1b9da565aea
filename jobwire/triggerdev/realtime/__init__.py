"""Following runs as they change: the Realtime feed."""
