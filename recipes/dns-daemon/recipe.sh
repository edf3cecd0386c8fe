#!/usr/bin/env bash
# Who resolves the names of my containers, and where does it keep them?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% networks
podman network create dns-daemon
podman network create --disable-dns dns-daemon-off

# %% before
pgrep --exact --uid "$(id -u)" aardvark-dns || echo "exit status: $?"

# %% use
podman run --detach --stop-timeout 0 --name dns-daemon-web --network dns-daemon docker.io/library/busybox sleep infinity

# %% daemon
ps -C aardvark-dns -o user=,args=

# %% file-root
if root; then
  cat /run/containers/networks/aardvark-dns/dns-daemon
fi

# %% file-rootless
if rootless; then
  cat "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/containers/networks/aardvark-dns/dns-daemon"
fi

# %% check
file=$([ "$(id -u)" = 0 ] && echo /run || echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}")/containers/networks/aardvark-dns/dns-daemon
says() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
podman run --detach --stop-timeout 0 --name dns-daemon-db --network dns-daemon docker.io/library/busybox sleep infinity
came="daemon: $(says pgrep --exact --uid "$(id -u)" aardvark-dns), file: $(says ls "$file"), entry came: $(says grep dns-daemon-db "$file")"
podman rm --force dns-daemon-db
echo "$came, entry went: $(says awk '/dns-daemon-db/ { left = 1 } END { exit left }' "$file")"

# %% end
podman rm --force dns-daemon-web
timeout 10 sh -c "until ! pgrep --exact --uid $(id -u) aardvark-dns; do sleep 0.1; done" >/dev/null || echo "exit status: $?"

# %% control
file=$([ "$(id -u)" = 0 ] && echo /run || echo "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}")/containers/networks/aardvark-dns/dns-daemon-off
says() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
podman run --detach --stop-timeout 0 --name dns-daemon-db --network dns-daemon-off docker.io/library/busybox sleep infinity
came="daemon: $(says pgrep --exact --uid "$(id -u)" aardvark-dns), file: $(says ls "$file"), entry came: $(says grep dns-daemon-db "$file")"
podman rm --force dns-daemon-db
echo "$came, entry went: $(says awk '/dns-daemon-db/ { left = 1 } END { exit left }' "$file")"

# %% hide
mkdir dns-daemon
for program in /usr/{local/,}lib{exec,}/podman/*; do
  case "$program" in *'*' | */aardvark-dns) ;; *) ln --symbolic --force "$program" dns-daemon ;; esac
done
printf '%s\n' 'containers.pids_limit = 0' '[network]' 'network_backend = "netavark"' '[engine]' "helper_binaries_dir = [\"$PWD/dns-daemon\"]" >dns-daemon.conf

# %% missing
podman network create dns-daemon-missing
CONTAINERS_CONF=dns-daemon.conf podman run --detach --stop-timeout 0 --name dns-daemon-missing --network dns-daemon-missing docker.io/library/busybox sleep infinity

# %% missing-check
podman exec dns-daemon-missing nslookup -type=a dns-daemon-missing || echo "exit status: $?"

# %% program
whereis -b -B /usr/libexec/podman /usr/lib/podman /usr/local/libexec/podman /usr/local/lib/podman -f aardvark-dns

# %% missing-control
podman run --detach --stop-timeout 0 --name dns-daemon-db --network dns-daemon-missing docker.io/library/busybox sleep infinity
podman exec dns-daemon-db nslookup -type=a dns-daemon-db || echo "exit status: $?"

# %% restart
podman stop dns-daemon-missing
podman start dns-daemon-missing

# %% again
podman exec dns-daemon-missing nslookup -type=a dns-daemon-missing || echo "exit status: $?"

# %% cleanup
podman rm --force --ignore dns-daemon-missing
podman rm --force --ignore dns-daemon-db
podman rm --force --ignore dns-daemon-web
podman network rm dns-daemon-missing
podman network rm dns-daemon-off
podman network rm dns-daemon
rm --recursive --force dns-daemon dns-daemon.conf
