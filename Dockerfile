# One image, one program. What it does is said when it is started: see docker-compose.yml.

# The web client, which the program carries inside.
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
# First what seldom changes, so that a new line of code does not install everything again.
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY buf.yaml /src/
COPY proto /src/proto
COPY third_party /src/third_party
COPY web ./
RUN npm run build

FROM rust:1.95-bookworm AS server
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
# The caches stay on the machine that builds; only what is copied out of them is part of the stage.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package confab \
    && install -D target/release/confab /out/confab \
    && mkdir /out/data

# No shell and no package manager: nothing to break into but the program.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=server /out/confab /usr/local/bin/confab
# A volume that is empty takes its owner from here.
COPY --from=server --chown=65532:65532 /out/data /data
# A container has a loopback of its own, where nobody could reach us.
ENV CONFAB_DATA=/data \
    CONFAB_LISTEN=0.0.0.0:8080 \
    CONFAB_AUTH_LISTEN=0.0.0.0:8081 \
    CONFAB_MESSAGE_LISTEN=0.0.0.0:8082 \
    CONFAB_MEDIA_LISTEN=0.0.0.0:8083
VOLUME /data
EXPOSE 8080
# The one called nonroot, by number, so that a cluster can tell that it is not root.
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s CMD ["confab", "health"]
ENTRYPOINT ["confab"]
CMD ["serve"]
