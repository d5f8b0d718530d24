# The program for "samenclaim serve": one static binary, not root, beside the programs that look into PDFs.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/samenclaim ./cmd/samenclaim
# An empty folder with the right owner: a new volume takes over both.
RUN mkdir -p /out/files

FROM debian:bookworm-slim
RUN apt-get update -q && apt-get install -yq --no-install-recommends ca-certificates poppler-utils tzdata && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/samenclaim /samenclaim
COPY --from=build --chown=65532:65532 --chmod=700 /out/files /data/files
ENV LISTEN=:8080 OPS_LISTEN=:9090 FILES_DIR=/data/files
EXPOSE 8080
VOLUME /data/files
USER 65532:65532
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["/samenclaim", "health"]
ENTRYPOINT ["/samenclaim"]
CMD ["serve"]
