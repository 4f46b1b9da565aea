"""Plain HTTP: health, metrics, and the pages for people."""
