#!/usr/bin/env bash
# Why do names not resolve on the default network that I set?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% plain
sed "/^network_backend/d; /^\[network\]/a network_backend = \"$(podman info --format '{{.Host.NetworkBackend}}' || echo cni)\"\ndefault_network = \"missing-network\"" /usr/share/containers/containers.conf >missing-network.conf
CONTAINERS_CONF=$PWD/missing-network.conf podman create --name missing-network-web --network bridge docker.io/library/busybox sleep infinity

# %% use-missing
if lab_only "It starts a container with addresses that other containers may have."; then
  CONTAINERS_CONF=$PWD/missing-network.conf podman run --rm --network bridge --name missing-network-lab docker.io/library/busybox sh -c 'ip -4 -o address show eth0 | grep -o "inet [^ ]*"; nslookup -type=a missing-network-lab' || echo "exit status: $?"
fi

# %% missing
CONTAINERS_CONF=$PWD/missing-network.conf podman network inspect --format 'DNS: {{.DNSEnabled}}' missing-network

# %% refused
CONTAINERS_CONF=$PWD/missing-network.conf podman network create missing-network || echo "exit status: $?"

# %% stop
podman stop missing-network-web

# %% create
CONTAINERS_CONF=/usr/share/containers/containers.conf podman network create missing-network

# %% start
podman start missing-network-web

# %% check
podman exec missing-network-web nslookup -type=a missing-network-web || echo "exit status: $?"

# %% cleanup
podman rm --force missing-network-web
podman network rm missing-network
rm missing-network.conf
