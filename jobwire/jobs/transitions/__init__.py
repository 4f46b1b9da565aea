"""Every statement that writes a status, and with it the event of the change.

The row form locks one job, asks `lifecycle`, and writes. The set forms move many at
once, each in one statement; a test holds them to `lifecycle` for every status.
"""
