# The server as one image. It needs a PostgreSQL (DATABASE_URL); everything else has defaults.
#   docker build -t eve-pvp-tracker . && docker run -p 3000:3000 -e DATABASE_URL=… -e CONTACT=… eve-pvp-tracker

FROM node:20-bookworm-slim AS node

FROM rust:1.95-bookworm AS tools
# Only what builds the browser's part: this layer stays the same until a version changes.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY .ci/lib.sh .ci/install.sh .ci/
COPY frontend/wasm-bindgen-shim frontend/wasm-bindgen-shim
RUN bash -euo pipefail -c '. .ci/lib.sh; . .ci/install.sh; ensure_basics; ensure_frontend_tools'

FROM tools AS build
# Both parts in one folder: the URLs of server functions contain a hash of the path they were compiled in.
COPY . .
RUN bash -euo pipefail -c '. .ci/lib.sh; . .ci/install.sh; . .ci/build.sh; build_site release' \
    && SQLX_OFFLINE=true cargo build --locked --release -p server --bin tracker

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home tracker
COPY --from=build /src/target/release/tracker /usr/local/bin/tracker
COPY --from=build /src/target/site /srv/site
COPY LICENSE /usr/share/doc/eve-pvp-tracker/LICENSE
USER 10001
VOLUME /data
ENV BIND_ADDR=0.0.0.0:3000 DATA_DIR=/data SITE_ROOT=/srv/site LOG_FORMAT=json
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s CMD ["tracker", "healthcheck"]
ENTRYPOINT ["tracker"]
CMD ["serve"]
