#!/usr/bin/env bash
# Who forwards the published ports of rootless containers: rootlessport or pasta?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% free
ss --listening --tcp --numeric --processes 'sport = :8098' | sed --quiet 's/.*pid=\([0-9]*\).*/\1/p' | sort --unique |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { if (!NR) print "port 8098: nobody" }'

# %% default
podman run --detach --name rootless-ports-web --publish 8098:8080 docker.io/library/busybox sleep infinity

# %% holder
ss --listening --tcp --numeric --processes 'sport = :8098' | sed --quiet 's/.*pid=\([0-9]*\).*/\1/p' | sort --unique |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { if (!NR) print "port 8098: nobody" }'

# %% network
podman network create rootless-ports
podman run --detach --name rootless-ports-bridge --network rootless-ports --publish 8121:8080 docker.io/library/busybox sleep infinity || echo "exit status: $?"

# %% network-holder
ss --listening --tcp --numeric --processes 'sport = :8121' | sed --quiet 's/.*pid=\([0-9]*\).*/\1/p' | sort --unique |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8121: " $1 } END { if (!NR) print "port 8121: nobody" }'

# %% slirp4netns
podman run --detach --name rootless-ports-slirp4netns --network slirp4netns:port_handler=slirp4netns --publish 8122:8080 docker.io/library/busybox sleep infinity || echo "exit status: $?"

# %% slirp4netns-holder
ss --listening --tcp --numeric --processes 'sport = :8122' | sed --quiet 's/.*pid=\([0-9]*\).*/\1/p' | sort --unique |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8122: " $1 } END { if (!NR) print "port 8122: nobody" }'

# %% forwarder
if lab_only "Beside other containers on networks of your own it fails halfway, and leaves firewall rules behind."; then
  podman rm --force rootless-ports-bridge
  printf '[network]\nrootless_port_forwarder = "pasta"\n' >rootless-ports.conf
  CONTAINERS_CONF_OVERRIDE=rootless-ports.conf podman run --detach --name rootless-ports-bridge --network rootless-ports --publish 8121:8080 docker.io/library/busybox httpd -f -v -p 0.0.0.0:8080 || echo "exit status: $?"
fi

# %% forwarder-look
ss --listening --tcp --numeric --processes 'sport = :8121' | sed --quiet 's/.*pid=\([0-9]*\).*/\1/p' | sort --unique |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8121: " $1 } END { if (!NR) print "port 8121: nobody" }'
curl --silent --output /dev/null --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8121/" || echo "exit status: $?"
podman logs rootless-ports-bridge 2>&1 | awk -F : '/response/ { print "the server sees " $1 }'

# %% cleanup
podman rm --force --ignore rootless-ports-web rootless-ports-bridge rootless-ports-slirp4netns >/dev/null
podman network rm rootless-ports
rm --force rootless-ports.conf
