#!/usr/bin/env bash
# Why does no name resolve on a network that has DNS?
set -Eeuo pipefail

# %% hide
mkdir dns-missing
ln --symbolic "$(whereis -b -B /usr/libexec/podman /usr/lib/podman /usr/local/libexec/podman /usr/local/lib/podman -f netavark | cut --delimiter ' ' --fields 2)" dns-missing
printf '%s\n' 'containers.pids_limit = 0' '[network]' 'network_backend = "netavark"' '[engine]' "helper_binaries_dir = [\"$PWD/dns-missing\"]" >dns-missing/dns-missing.conf

# %% missing
podman network create dns-missing
CONTAINERS_CONF=dns-missing/dns-missing.conf podman run --detach --name dns-missing-web --network dns-missing docker.io/library/busybox sleep infinity

# %% missing-check
podman exec dns-missing-web nslookup -type=a dns-missing-web || echo "exit status: $?"

# %% program
whereis -b -B /usr/libexec/podman /usr/lib/podman /usr/local/libexec/podman /usr/local/lib/podman -f aardvark-dns

# %% missing-control
podman run --detach --name dns-missing-new --network dns-missing docker.io/library/busybox sleep infinity
podman exec dns-missing-new nslookup -type=a dns-missing-new || echo "exit status: $?"

# %% restart
podman stop dns-missing-web
podman start dns-missing-web

# %% again
podman exec dns-missing-web nslookup -type=a dns-missing-web || echo "exit status: $?"

# %% cleanup
podman rm --force --ignore dns-missing-web dns-missing-new >/dev/null
podman network rm dns-missing
rm --recursive --force dns-missing
