#!/usr/bin/env bash
# Does netavark need plugins?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% plugins
ls --format=commas /usr/lib/cni || echo "exit status: $?"

# %% without
mkdir backend-plugins
cat >backend-plugins.conf <<END
containers.pids_limit = 0
[network]
network_backend = "netavark"
cni_plugin_dirs = ["$PWD/backend-plugins"]
netavark_plugin_dirs = ["$PWD/backend-plugins"]
END

# %% create
CONTAINERS_CONF=backend-plugins.conf podman network create --subnet=10.189.7.0/24 backend-plugins

# %% use
CONTAINERS_CONF=backend-plugins.conf podman run --detach --stop-timeout 0 --name backend-plugins-web --network backend-plugins --publish 8091:8080 docker.io/library/busybox sleep infinity

# %% look
cat >backend-plugins.sh <<'END'
PATH=$PATH:/usr/sbin
bridge=$(ip -brief address show to "$1.1" | awk '{ sub("@.*", "", $1); print $1 }')
[ "$(nft list ruleset | grep --count --fixed-strings "$1")" = 0 ] || rules=yes
setting=$(cat "/proc/sys/net/ipv4/conf/${bridge:-none}/route_localnet" || echo none)
echo "bridge: ${bridge:-none}, firewall rules: ${rules:-no}, route_localnet: $setting"
END

# %% check-root
if root; then
  sh backend-plugins.sh 10.189.7
fi

# %% check-rootless
if rootless; then
  podman unshare --rootless-netns sh backend-plugins.sh 10.189.7
fi

# %% plugin
cat >backend-plugins/backend-plugins <<'END'
#!/bin/sh
[ "$1" != info ] || echo '{"version": "1", "api_version": "1.0.0"}'
[ "$1" != create ] || cat
END
chmod +x backend-plugins/backend-plugins

# %% create-plugin
cp backend-plugins.conf backend-plugins-b.conf
CONTAINERS_CONF=backend-plugins-b.conf podman network create --driver=backend-plugins --subnet=10.189.8.0/24 backend-plugins-b || {
  sed --in-place 's/"netavark"/"cni"/' backend-plugins-b.conf
  CONTAINERS_CONF=backend-plugins-b.conf podman network create --subnet=10.189.8.0/24 backend-plugins-b
}

# %% use-plugin
rm backend-plugins/backend-plugins
CONTAINERS_CONF=backend-plugins-b.conf podman run --rm --network backend-plugins-b docker.io/library/busybox true || echo "exit status: $?"

# %% control-root
if root; then
  sh backend-plugins.sh 10.189.8
fi

# %% control-rootless
if rootless; then
  podman unshare --rootless-netns sh backend-plugins.sh 10.189.8
fi

# %% cleanup
podman rm --force backend-plugins-web
CONTAINERS_CONF=backend-plugins.conf podman network rm backend-plugins
sed --in-place /plugin_dirs/d backend-plugins-b.conf
CONTAINERS_CONF=backend-plugins-b.conf podman network rm backend-plugins-b
rm --recursive backend-plugins backend-plugins.conf backend-plugins-b.conf backend-plugins.sh
