"""Notifications: other back ends are told of events, by signed webhooks.

An event that somebody is to hear of becomes one row per target, in the transaction that
moves the cursor over the log; a row is sent until its target has taken it. The inbox of
what others post to us is `jobwire.jobs.webhook`.
"""
