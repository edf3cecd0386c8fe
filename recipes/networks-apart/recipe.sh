#!/usr/bin/env bash
# How do I keep two networks apart?
set -Eeuo pipefail

# %% create
podman network create networks-apart-a
podman network create networks-apart-b
podman run --detach --name networks-apart-web --network networks-apart-a docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% same-network
podman run --rm --network networks-apart-a docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-web):8080/" || echo "exit status: $?"

# %% symptom
podman run --rm --network networks-apart-b docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-web):8080/" || echo "exit status: $?"

# %% route
podman run --rm --network networks-apart-b docker.io/library/busybox ip route get 192.0.2.1 || echo "exit status: $?"

# %% no-route
{
  podman network create --opt no_default_route=true networks-apart-inside &&
    podman run --rm --network networks-apart-inside docker.io/library/busybox ip route get 192.0.2.1
} || echo "exit status: $?"

# %% isolate
podman network create --opt isolate=true networks-apart-c
podman network create --opt isolate=true networks-apart-d

# %% use
podman stop networks-apart-web
podman rename networks-apart-web networks-apart-web-old
podman run --detach --name networks-apart-web --network networks-apart-c --publish 8099:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% works
podman run --rm --network networks-apart-d docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-web):8080/" || echo "exit status: $?"

# %% port
podman run --rm --network networks-apart-d docker.io/library/busybox wget -q -T 5 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8099/" || echo "exit status: $?"

# %% name
podman run --rm --network networks-apart-d docker.io/library/busybox wget -q -T 5 -O - http://host.containers.internal:8099/ || echo "exit status: $?"

# %% open
podman network create --opt isolate=false networks-apart-open
podman run --rm --network networks-apart-open docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-web):8080/" || echo "exit status: $?"

# %% open-name
podman run --rm --network networks-apart-open docker.io/library/busybox wget -q -T 5 -O - http://host.containers.internal:8099/ || echo "exit status: $?"

# %% strict
podman network create --opt isolate=strict networks-apart-strict
podman run --detach --name networks-apart-db --network networks-apart-strict docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman run --rm --network networks-apart-strict docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-db):8080/" || echo "exit status: $?"

# %% one
podman run --rm --network networks-apart-open docker.io/library/busybox wget -q -T 5 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' networks-apart-db):8080/" || echo "exit status: $?"

# %% cleanup
podman rm --force networks-apart-web
podman rm --force networks-apart-web-old
podman rm --force networks-apart-db
podman network rm networks-apart-a networks-apart-b
podman network rm networks-apart-c networks-apart-d
podman network rm networks-apart-strict networks-apart-open networks-apart-inside
