# Build with `make image`, which gives NAME and VERSION from metadata.yaml.
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
RUN python3 -m venv --without-pip /airbyte/venv
COPY pyproject.toml constraints.txt README.md ./
# Dependencies have a layer of their own, which a change of the connector's code leaves alone.
RUN mkdir source_kaltura_rooms \
    && touch source_kaltura_rooms/__init__.py \
    && pip --python /airbyte/venv/bin/python install --no-cache-dir --constraint constraints.txt .
COPY source_kaltura_rooms source_kaltura_rooms
RUN pip --python /airbyte/venv/bin/python install --no-cache-dir --no-deps --force-reinstall .

FROM ${BASE_IMAGE}
COPY --from=builder /airbyte/venv /airbyte/venv
ENV AIRBYTE_ENTRYPOINT="/airbyte/venv/bin/source-kaltura-rooms"
ENTRYPOINT ["/airbyte/venv/bin/source-kaltura-rooms"]
USER airbyte
ARG NAME
ARG VERSION
LABEL io.airbyte.name=${NAME} io.airbyte.version=${VERSION}
