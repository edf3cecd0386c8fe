#!/usr/bin/env bash
# How do I reach a port of a container that was never published?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% create
podman run --detach --name nsenter-access-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% closed
{ curl --silent --show-error --max-time 5 http://127.0.0.1:8080/ 2>&1 || echo "exit status: $?"; } | sed 's/ after [0-9]* ms//'

# %% address
curl --silent --max-time 5 "http://$(podman inspect --format '{{.NetworkSettings.IPAddress}}' nsenter-access-web):8080/" || echo "exit status: $?"

# %% by-name
curl --silent --show-error --max-time 5 http://nsenter-access-web:8080/ || echo "exit status: $?"
bash -c ': </dev/tcp/nsenter-access-web/8080' || echo "exit status: $?"

# %% enter-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-access-web)" --net \
    curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"
fi

# %% enter-rootless
if rootless; then
  podman unshare nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-access-web)" --net \
    curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"
fi

# %% cleanup
podman rm --force nsenter-access-web
