#!/usr/bin/env bash
# Do containers find each other by name once they are on a network of their own?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% plain
podman run --detach --name dns-network-web docker.io/library/busybox sleep infinity
podman run --detach --name dns-network-app docker.io/library/busybox sleep infinity

# %% symptom
podman exec dns-network-app nslookup -type=a dns-network-web || echo "exit status: $?"

# %% created
podman inspect --format '{{.Config.CreateCommand}}' dns-network-web dns-network-app

# %% create
podman network create dns-network

# %% use-root
if root; then
  podman network connect dns-network dns-network-web
  podman network connect dns-network dns-network-app
fi

# %% use-rootless
if rootless; then
  podman stop dns-network-web
  podman stop dns-network-app
  podman rename dns-network-web dns-network-web-old
  podman rename dns-network-app dns-network-app-old
  podman run --detach --name dns-network-web --network dns-network docker.io/library/busybox sleep infinity
  podman run --detach --name dns-network-app --network dns-network docker.io/library/busybox sleep infinity
fi

# %% known
for _ in {1..4}; do
  timeout 5 sh -c 'until podman exec dns-network-app nslookup -type=a dns-network-web; do sleep 0.1; done' >/dev/null 2>&1 && break
  podman run --rm --network dns-network docker.io/library/busybox true
done

# %% check
podman exec dns-network-app nslookup -type=a dns-network-web || echo "exit status: $?"

# %% joined
podman run --rm --network dns-network docker.io/library/busybox nslookup -type=a dns-network-web || echo "exit status: $?"

# %% control
podman run --rm --network podman docker.io/library/busybox nslookup -type=a dns-network-web || echo "exit status: $?"

# %% back-root
if root; then
  podman network disconnect dns-network dns-network-web
  podman network disconnect dns-network dns-network-app
fi

# %% back-rootless
if rootless; then
  podman rm --force dns-network-web dns-network-app >/dev/null
  podman rename dns-network-web-old dns-network-web
  podman rename dns-network-app-old dns-network-app
  podman start dns-network-web dns-network-app
fi

# %% cleanup
podman rm --force --ignore dns-network-web dns-network-app dns-network-web-old dns-network-app-old >/dev/null
podman network rm dns-network
