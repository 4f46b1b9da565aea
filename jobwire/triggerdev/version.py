"""The version of this client, as its User-Agent tells it."""

VERSION = "0.1.0"
