#!/usr/bin/env bash
# Does a container reach one on another network through a port published on the host?
set -Eeuo pipefail

# %% create
podman network create networks-via-host-a
podman network create networks-via-host-b
podman run --detach --name networks-via-host-web --network networks-via-host-a --publish 8094:8080 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% symptom
podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - http://networks-via-host-web:8080/ || echo "exit status: $?"

# %% same-network
podman run --rm --network networks-via-host-a docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8094/" || echo "exit status: $?"

# %% check
podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8094/" || echo "exit status: $?"

# %% closed
podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8095/" || echo "exit status: $?"

# %% same-network-name
podman run --rm --network networks-via-host-a docker.io/library/busybox wget -q -T 10 -O - http://host.containers.internal:8094/ || echo "exit status: $?"

# %% name
podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - http://host.containers.internal:8094/ || echo "exit status: $?"

# %% name-closed
podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - http://host.containers.internal:8095/ || echo "exit status: $?"

# %% connect
podman network connect networks-via-host-b networks-via-host-web

# %% connected
timeout 60 sh -c 'until podman run --rm --network networks-via-host-b docker.io/library/busybox wget -q -T 10 -O - http://networks-via-host-web:8080/ 2>/dev/null; do sleep 0.5; done' || echo "exit status: $?"
echo "published port: $(curl --silent --max-time 5 --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip -4 route get 192.0.2.1 | awk '{ print $7; exit }'):8094/" || echo nobody)"

# %% cleanup
podman rm --force networks-via-host-web
podman network rm networks-via-host-a networks-via-host-b
