#!/usr/bin/env bash
# Do containers on a new network find each other by name?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% plain
podman run --detach --stop-timeout 0 --name dns-network-plain docker.io/library/busybox sleep infinity

# %% where
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' dns-network-plain

# %% default-network
podman network inspect --format '{{.DNSEnabled}}' podman || echo "exit status: $?"

# %% create
podman network create dns-network

# %% inspect
podman network inspect --format '{{.DNSEnabled}}' dns-network || echo "exit status: $?"

# %% use
podman run --detach --stop-timeout 0 --name dns-network-web --network dns-network docker.io/library/busybox sleep infinity

# %% check
podman run --rm --network dns-network docker.io/library/busybox nslookup -type=a dns-network-web || echo "exit status: $?"

# %% control
podman run --rm --network podman docker.io/library/busybox nslookup -type=a dns-network-web || echo "exit status: $?"

# %% cleanup
podman rm --force dns-network-web
podman rm --force dns-network-plain
podman network rm dns-network
