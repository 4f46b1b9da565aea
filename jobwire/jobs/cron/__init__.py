"""Cron: job schedules, and the jobs that they make."""
