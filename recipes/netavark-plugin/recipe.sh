#!/usr/bin/env bash
# How do I use a plugin of netavark?
set -Eeuo pipefail

# %% folder
mkdir netavark-plugin
printf 'containers.pids_limit = 0\n[network]\nnetwork_backend = "netavark"\nnetavark_plugin_dirs = ["%s"]\n' "$PWD/netavark-plugin" >netavark-plugin.conf

# %% symptom
CONTAINERS_CONF=netavark-plugin.conf podman network create --driver=netavark-plugin netavark-plugin || echo "exit status: $?"

# %% plugin
cat >netavark-plugin/netavark-plugin <<'END'
#!/bin/sh
network=$(cat)
[ "$1" != info ] || echo '{"version": "1", "api_version": "1.0.0"}'
[ "$1" != create ] || echo "$network"
[ "$1" != setup ] || { nsenter --net="$2" ip link add plugin0 type bridge && echo '{"interfaces": {}}'; }
END
chmod +x netavark-plugin/netavark-plugin

# %% create-plugin
CONTAINERS_CONF=netavark-plugin.conf podman network create --driver=netavark-plugin netavark-plugin || echo "exit status: $?"

# %% use-plugin
CONTAINERS_CONF=netavark-plugin.conf podman run --rm --network netavark-plugin docker.io/library/busybox ip link show plugin0 || echo "exit status: $?"

# %% remove-plugin
rm netavark-plugin/netavark-plugin
CONTAINERS_CONF=netavark-plugin.conf podman run --rm --network netavark-plugin docker.io/library/busybox ip link show plugin0 || echo "exit status: $?"

# %% cleanup
podman network ls --format '{{.Name}}' | sed --quiet '/^netavark-plugin$/p' | xargs --no-run-if-empty podman network rm
rm --recursive netavark-plugin netavark-plugin.conf
