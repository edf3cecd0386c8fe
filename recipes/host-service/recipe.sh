#!/usr/bin/env bash
# How do I reach a service on the host from a container?
set -Eeuo pipefail

# %% serve
podman run --detach --name host-service-web --network host docker.io/library/busybox sh -c 'echo "hello from the host" >/tmp/index.html; exec httpd -f -p 8097 -h /tmp'

# %% ready
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8097/

# %% create
podman run --detach --name host-service-app docker.io/library/busybox sleep infinity

# %% itself
podman exec host-service-app timeout 5 wget --quiet --output-document - http://127.0.0.1:8097/ || echo "exit status: $?"

# %% name
podman exec host-service-app timeout 5 wget --quiet --output-document - http://host.containers.internal:8097/ || echo "exit status: $?"

# %% address
podman exec host-service-app timeout 5 wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8097/" || echo "exit status: $?"

# %% network
podman run --rm --network podman docker.io/library/busybox sh -c '
  for host in $(ip route get 192.0.2.1 | cut -d " " -f 3) host.containers.internal; do
    echo "$host: $(timeout 5 wget --quiet --output-document - "http://$host:8097/" 2>&1)"
  done' || echo "exit status: $?"

# %% cleanup
podman rm --force host-service-app
podman rm --force host-service-web
