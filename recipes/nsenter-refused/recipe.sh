#!/usr/bin/env bash
# Why does nsenter say Operation not permitted?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% create
podman run --detach --name nsenter-refused-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% plain
nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-refused-web)" --net \
  curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"

# %% enter
podman unshare nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-refused-web)" --net \
  curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"

# %% sudo-root
if root; then
  nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-refused-web)" --net curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"
fi

# %% sudo-rootless
if rootless; then
  sudo nsenter --target "$(podman inspect --format '{{.State.Pid}}' nsenter-refused-web)" --net \
    curl --silent --max-time 5 http://127.0.0.1:8080/ || echo "exit status: $?"
fi

# %% cleanup
podman rm --force nsenter-refused-web
