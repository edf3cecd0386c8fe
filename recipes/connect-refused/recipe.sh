#!/usr/bin/env bash
# Why does `podman network connect` say "invalid network mode"?
set -Eeuo pipefail

# %% plain
podman network create connect-refused-front
podman network create connect-refused-back
podman run --detach --name connect-refused-web docker.io/library/busybox sleep infinity

# %% symptom
podman network connect connect-refused-back connect-refused-web || echo "exit status: $?"

# %% created
podman inspect --format '{{.Config.CreateCommand}}' connect-refused-web

# %% use
podman stop connect-refused-web
podman rename connect-refused-web connect-refused-web-old
podman run --detach --name connect-refused-web --network connect-refused-front docker.io/library/busybox sleep infinity

# %% check
podman network connect connect-refused-back connect-refused-web
podman inspect --format '{{.Name}}:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' connect-refused-web

# %% cleanup
podman rm --force connect-refused-web
podman rm --force connect-refused-web-old
podman network rm connect-refused-front connect-refused-back
