# Built from the lock; runs without root on a read-only root file system, writing to /data alone.
FROM python:3.11-slim AS build
WORKDIR /opt/collateral
COPY Makefile pyproject.toml README.md ./
COPY requirements ./requirements
COPY collateral ./collateral
# Debian's fixes are wanted as they come: its packages have no versions here (Python's have, by hash).
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/* && make install

FROM python:3.11-slim
# LibreOffice and ffmpeg are optional: ppt, doc and odp previews, and poster frames of videos.
ARG WITH="libreoffice-impress libreoffice-writer libreoffice-calc ffmpeg"
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends $WITH \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin collateral \
    && mkdir /data && chown 10001 /data
WORKDIR /opt/collateral
COPY --from=build /opt/collateral/.venv ./.venv
COPY . .
# Once here: on a read-only file system no start could keep what it compiled.
RUN python -m compileall -q collateral
# By its number, so that a cluster which asks for a user other than root sees that it is one.
USER 10001:10001
ENV COLLATERAL_HOME=/data SEARCH_URL=whoosh:/data/search_index PATH=/opt/collateral/.venv/bin:$PATH
VOLUME /data
EXPOSE 8000
# A container that runs `collateral worker` has no port: start it with --no-healthcheck. Podman keeps
# the check only in images of Docker's format: `podman build --format docker`.
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s CMD ["python", "deploy/healthy.py"]
CMD ["collateral", "run", "--host", "0.0.0.0", "--port", "8000"]
