# syntax=docker/dockerfile:1
# Both binaries in an image of Debian: docker build -t lastword .
# DuckDB's C++ takes from ten minutes to an hour, once: the cache of the second step keeps what was compiled.

FROM rust:1-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/build \
    CARGO_TARGET_DIR=/build cargo build --release --locked --workspace --bins \
 && mkdir /out \
 && strip -o /out/tap /build/release/tap \
 && strip -o /out/target /build/release/target

FROM debian:bookworm-slim
# The C++ library for DuckDB, and the CAs for `ssl_certificate_authority: system`.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --home-dir /data --create-home lastword
COPY --from=build /out/ /usr/local/bin/
USER 10001
WORKDIR /data
ENTRYPOINT ["target"]
