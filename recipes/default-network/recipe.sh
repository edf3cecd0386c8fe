#!/usr/bin/env bash
# How do I change the network that containers get without --network?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% symptom
podman create --name default-network-old docker.io/library/busybox sleep infinity
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-old
podman rm default-network-old >/dev/null

# %% folder
LC_ALL=C mkdir --parents --verbose "$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/containers.conf.d" | cut --delimiter="'" --fields=2 >default-network.made

# %% create
podman network create default-network

# %% bridge-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  printf '[network]\ndefault_network = "default-network"\n' >/etc/containers/containers.conf.d/default-network.conf
fi

# %% bridge-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  printf '[containers]\nnetns = "bridge"\n[network]\ndefault_network = "default-network"\n' >~/.config/containers/containers.conf.d/default-network.conf
fi

# %% use
podman run --detach --name default-network-web docker.io/library/busybox sleep infinity

# %% where
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' default-network-web

# %% names
podman run --rm docker.io/library/busybox nslookup -type=a default-network-web | grep '^Name' || echo "exit status: $?"

# %% cleanup
rm --force /etc/containers/containers.conf.d/default-network.conf ~/.config/containers/containers.conf.d/default-network.conf
tac default-network.made | xargs --no-run-if-empty rmdir --ignore-fail-on-non-empty
podman rm --force default-network-web
podman network rm default-network
rm default-network.made
