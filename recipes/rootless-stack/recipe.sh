#!/usr/bin/env bash
# Which program connects my rootless containers to the network: slirp4netns or pasta?
set -Eeuo pipefail

# %% none
podman run --detach --name rootless-stack-none --network none docker.io/library/busybox sleep infinity

# %% none-helpers
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{if eq .HostConfig.NetworkMode "bridge"}}/rootless-netns{{else}}{{.NetworkSettings.SandboxKey}}{{end}}' rootless-stack-none)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% default
podman run --detach --name rootless-stack-web docker.io/library/busybox sleep infinity

# %% helpers
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{if eq .HostConfig.NetworkMode "bridge"}}/rootless-netns{{else}}{{.NetworkSettings.SandboxKey}}{{end}}' rootless-stack-web)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% network
podman network create rootless-stack
podman run --detach --name rootless-stack-bridge --network rootless-stack docker.io/library/busybox sleep infinity || echo "exit status: $?"

# %% network-helpers
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{if eq .HostConfig.NetworkMode "bridge"}}/rootless-netns{{else}}{{.NetworkSettings.SandboxKey}}{{end}}' rootless-stack-bridge)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% slirp4netns
podman run --detach --name rootless-stack-slirp4netns --network slirp4netns docker.io/library/busybox sleep infinity || echo "exit status: $?"

# %% slirp4netns-look
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{.NetworkSettings.SandboxKey}}' rootless-stack-slirp4netns)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% cleanup
podman rm --force --ignore rootless-stack-none rootless-stack-web rootless-stack-bridge rootless-stack-slirp4netns >/dev/null
podman network rm rootless-stack
