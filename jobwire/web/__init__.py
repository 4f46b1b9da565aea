"""Plain HTTP: health, metrics and the board."""
