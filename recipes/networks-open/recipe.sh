#!/usr/bin/env bash
# How do I let two networks reach their published ports, which Podman 6.0 cuts off?
set -Eeuo pipefail

# %% create
podman network create networks-open-a
podman network create networks-open-b
podman run --detach --name networks-open-web --network networks-open-a --publish 8096:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% symptom
podman run --rm --network networks-open-b docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8096/" || echo "exit status: $?"

# %% open
podman network create --opt isolate=false networks-open-c
podman network create --opt isolate=false networks-open-d

# %% use
podman stop networks-open-web
podman rename networks-open-web networks-open-web-old
podman run --detach --name networks-open-web --network networks-open-c --publish 8096:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% check
podman run --rm --network networks-open-d docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8096/" || echo "exit status: $?"

# %% cleanup
podman rm --force networks-open-web
podman rm --force networks-open-web-old
podman network rm networks-open-a
podman network rm networks-open-b
podman network rm networks-open-c
podman network rm networks-open-d
