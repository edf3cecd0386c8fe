#!/usr/bin/env bash
# How do I try a setting of containers.conf without changing my configuration?
set -Eeuo pipefail

# %% create
podman network create try-setting

# %% plain
podman create --name try-setting-plain --network bridge docker.io/library/busybox true
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' try-setting-plain

# %% file
backend=$(podman info --format '{{.Host.NetworkBackend}}' || echo cni)
sed "/^network_backend/d; /^\[network\]/a network_backend = \"$backend\"\ndefault_network = \"try-setting\"" /usr/share/containers/containers.conf >try-setting.conf

# %% try
CONTAINERS_CONF=$PWD/try-setting.conf podman create --name try-setting-web --network bridge docker.io/library/busybox true
CONTAINERS_CONF=$PWD/try-setting.conf podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' try-setting-web

# %% setting
CONTAINERS_CONF=$PWD/try-setting.conf podman create --name try-setting-default docker.io/library/busybox true
CONTAINERS_CONF=$PWD/try-setting.conf podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' try-setting-default

# %% notes-key
sed 's/^default_network = /default = /' try-setting.conf >try-setting-notes.conf
CONTAINERS_CONF=$PWD/try-setting-notes.conf podman create --name try-setting-notes docker.io/library/busybox true
CONTAINERS_CONF=$PWD/try-setting-notes.conf podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' try-setting-notes

# %% control
podman create --name try-setting-asked --network try-setting docker.io/library/busybox true
podman inspect --format 'mode: {{.HostConfig.NetworkMode}}, networks:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' try-setting-asked

# %% networks
CONTAINERS_CONF=$PWD/try-setting.conf podman network ls --format '{{.Name}}' | sort

# %% cleanup
podman rm try-setting-plain try-setting-web try-setting-default try-setting-notes try-setting-asked >/dev/null
podman network rm try-setting
rm try-setting.conf try-setting-notes.conf
