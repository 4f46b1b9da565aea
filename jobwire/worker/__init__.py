"""The worker: claims internal jobs, runs their code, keeps their leases.

Three places, so that no job can harm the worker and no worker its host:

- the control thread runs an event loop with every statement: claims, leases,
  cancels, progress, finishes, promotion, expiry, rescue;
- the jobs thread runs the event loop of all async jobs and of the lifespan;
- a bounded set of threads runs one sync job each.

They hand work to each other in batches. A job that blocks its thread delays other
jobs of that thread, but no heartbeat.
"""
