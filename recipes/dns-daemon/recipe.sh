#!/usr/bin/env bash
# Who resolves the names of my containers, and where does it keep them?
set -Eeuo pipefail

# %% networks
podman network create dns-daemon
podman network create --disable-dns dns-daemon-off

# %% control
folder=$([ "$(id -u)" = 0 ] && echo /run || echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}")/containers/networks/aardvark-dns
podman run --detach --name dns-daemon-off --network dns-daemon-off docker.io/library/busybox sleep infinity
cat "$folder/dns-daemon-off" || echo "exit status: $?"
echo "daemons: $(pgrep --count --exact --uid "$(id -u)" aardvark-dns), entries: $(cat "$folder"/* | grep --count dns-daemon-off)"

# %% use
podman run --detach --name dns-daemon-web --network dns-daemon docker.io/library/busybox sleep infinity

# %% daemon
ps -C aardvark-dns -o user=,args=

# %% file
folder=$([ "$(id -u)" = 0 ] && echo /run || echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}")/containers/networks/aardvark-dns
cat "$folder/dns-daemon"

# %% check
folder=$([ "$(id -u)" = 0 ] && echo /run || echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}")/containers/networks/aardvark-dns
podman run --detach --name dns-daemon-db --network dns-daemon docker.io/library/busybox sleep infinity
came="daemons: $(pgrep --count --exact --uid "$(id -u)" aardvark-dns), entries: $(cat "$folder"/* | grep --count dns-daemon-db)"
podman rm --force dns-daemon-db
echo "$came, then $(cat "$folder"/* | grep --count dns-daemon-db)"

# %% end
podman rm --force dns-daemon-web
timeout 10 sh -c "until ! pgrep --exact --uid $(id -u) aardvark-dns; do sleep 0.1; done" >/dev/null || echo "exit status: $?"

# %% cleanup
podman rm --force --ignore dns-daemon-off dns-daemon-web dns-daemon-db >/dev/null
podman network rm dns-daemon dns-daemon-off
