#!/usr/bin/env bash
# How do two containers in Quadlet find each other by name?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% write-root
if root; then
  mkdir -p /etc/containers/systemd
  printf '%s\n' '[Network]' >/etc/containers/systemd/quadlet-names.network
  printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-web Network=quadlet-names.network "Exec=sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'" >/etc/containers/systemd/quadlet-names-web.container
  printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-client Network=quadlet-names.network Exec='sleep infinity' >/etc/containers/systemd/quadlet-names-client.container
fi

# %% write-rootless
if rootless; then
  mkdir -p ~/.config/containers/systemd
  printf '%s\n' '[Network]' >~/.config/containers/systemd/quadlet-names.network
  printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-web Network=quadlet-names.network "Exec=sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'" >~/.config/containers/systemd/quadlet-names-web.container
  printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-names-client Network=quadlet-names.network Exec='sleep infinity' >~/.config/containers/systemd/quadlet-names-client.container
fi

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
echo "quadlet-names-web: $(podman exec quadlet-names-client wget -q -T 3 -O - http://quadlet-names-web:8000/ || echo nobody)"

# %% other-network
podman run --detach --name quadlet-names-other docker.io/library/busybox sleep infinity
echo "quadlet-names-web: $(podman exec quadlet-names-other wget -q -T 3 -O - http://quadlet-names-web:8000/ || echo nobody)"

# %% names
podman network ls --filter name=quadlet-names --format 'network: {{.Name}}'
podman ps --filter name=quadlet-names-web --format 'container: {{.Names}}'

# %% dry-run-root
if root; then
  /usr/lib/systemd/system-generators/podman-system-generator --dryrun 2>/dev/null | grep --only-matching 'Description=.*\|^---quadlet.*\|podman network create.*'
fi

# %% dry-run-rootless
if rootless; then
  /usr/lib/systemd/user-generators/podman-user-generator --dryrun 2>/dev/null | grep --only-matching 'Description=.*\|^---quadlet.*\|podman network create.*'
fi

# %% cleanup
systemctl "$([ "$(id -u)" = 0 ] && echo --system || echo --user)" stop quadlet-names-web.service quadlet-names-client.service quadlet-names-network.service
rm -f /etc/containers/systemd/quadlet-names* ~/.config/containers/systemd/quadlet-names*
podman rm --force quadlet-names-other
podman network rm systemd-quadlet-names
