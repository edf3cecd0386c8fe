#!/usr/bin/env bash
# How do two containers in Quadlet find each other by name?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% network
d=$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/systemd
mkdir -p "$d"
printf '%s\n' '[Network]' >"$d/quadlet-names.network"

# %% write
d=$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/systemd
printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-web Network=quadlet-names.network "Exec=sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'" >"$d/quadlet-names-web.container"
printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-client Network=quadlet-names.network Exec='sleep infinity' >"$d/quadlet-names-client.container"

# %% start-root
if root; then
  systemctl daemon-reload
  systemctl start quadlet-names-web.service quadlet-names-client.service
fi

# %% start-rootless
if rootless; then
  systemctl --user daemon-reload
  systemctl --user start quadlet-names-web.service quadlet-names-client.service
fi

# %% works
echo "quadlet-names-web: $(timeout 20 sh -c 'until podman exec quadlet-names-client wget -q -T 3 -O - http://quadlet-names-web:8000/ 2>/dev/null; do sleep 0.2; done' || echo nobody)"

# %% other-network
read -r manager folder <<<"$([ "$(id -u)" = 0 ] && echo --system /etc || echo --user ~/.config)"
printf '%s\n' '[Network]' NetworkName=quadlet-names >"$folder/containers/systemd/quadlet-names-other.network"
printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-other Network=quadlet-names-other.network Exec='sleep infinity' >"$folder/containers/systemd/quadlet-names-other.container"
systemctl "$manager" daemon-reload
systemctl "$manager" start quadlet-names-other.service
echo "quadlet-names-web: $(podman exec quadlet-names-other wget -q -T 3 -O - http://quadlet-names-web:8000/ || echo nobody)"
podman ps --filter name=quadlet-names-other --format 'network: {{.Networks}}'

# %% names
podman ps --filter name=quadlet-names-web --format 'container: {{.Names}}{{"\n"}}network: {{.Networks}}{{"\n"}}'

# %% dry-run
mode=$([ "$(id -u)" = 0 ] && echo system || echo user)
"/usr/lib/systemd/$mode-generators/podman-$mode-generator" --dryrun 2>/dev/null | grep --only-matching 'Description=.*\|^---quadlet.*\|podman network create.*'

# %% cleanup
manager=$([ "$(id -u)" = 0 ] && echo --system || echo --user)
systemctl "$manager" stop quadlet-names-{web,client,other}.service quadlet-names{,-other}-network.service
rm -f {/etc,~/.config}/containers/systemd/quadlet-names{{,-other}.network,{-web,-client,-other}.container}
systemctl "$manager" daemon-reload
systemctl "$manager" reset-failed 'quadlet-names*'
podman network rm systemd-quadlet-names quadlet-names
