# syntax=docker/dockerfile:1
# Lorgnette's server, or any of its commands: see docs/install.md.

FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
    binutils ca-certificates git maven openjdk-17-jdk-headless unzip && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN mvn --batch-mode --no-transfer-progress -Dmaven.test.skip=true package \
    && tools/package/package /dist \
    && rm /dist/*.tar.gz && mv /dist/lorgnette-* /dist/lorgnette

FROM debian:bookworm-slim
RUN useradd --create-home --uid 10001 lorgnette
COPY --from=build /dist/lorgnette /opt/lorgnette
ENV LANG=C.UTF-8 PATH=/opt/lorgnette/bin:$PATH
USER 10001
WORKDIR /home/lorgnette
EXPOSE 8080
# bash speaks to the server itself: there is no curl in this image.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["lorgnette"]
# Other addresses than loopback need a key: docker run -e LORGNETTE_API_KEY ...
CMD ["serve", "--host", "0.0.0.0"]
