#!/usr/bin/env bash
# Do containers have IPv6 once they are on a network that asks for it?
set -Eeuo pipefail

# %% plain
podman network create --disable-dns ipv6-network-plain
podman run --detach --name ipv6-network-web --network ipv6-network-plain docker.io/library/busybox sleep infinity

# %% symptom
podman exec ipv6-network-web ip -oneline address show eth0 | awk '/global/ { print $3, $4; six += /inet6/ } END { if (!six) print "no IPv6 address" }'

# %% created
podman inspect --format '{{.Config.CreateCommand}}' ipv6-network-web

# %% create
podman network create --ipv6 --subnet=fd73:a::/64 --disable-dns ipv6-network

# %% serve
podman stop ipv6-network-web
podman rename ipv6-network-web ipv6-network-web-old
podman run --detach --name ipv6-network-web --network ipv6-network docker.io/library/busybox sleep infinity

# %% address
podman exec ipv6-network-web ip -oneline address show eth0 | awk '/global/ { print $3, $4; six += /inet6/ } END { if (!six) print "no IPv6 address" }'

# %% cleanup
podman rm --force ipv6-network-web
podman rm --force ipv6-network-web-old
podman network rm ipv6-network ipv6-network-plain
