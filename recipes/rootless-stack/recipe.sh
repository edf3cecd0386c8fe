#!/usr/bin/env bash
# Which programs stand behind a rootless container's network?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% page
podman volume create rootless-stack
podman run --rm --volume rootless-stack:/srv docker.io/library/busybox sh -c '
  mkdir /srv/cgi-bin
  printf "#!/bin/sh\necho\necho \"the server sees \$REMOTE_ADDR\"\n" >/srv/cgi-bin/seen
  chmod +x /srv/cgi-bin/seen'

# %% none
podman run --detach --stop-timeout 0 --name rootless-stack-none --network none docker.io/library/busybox sleep infinity

# %% none-interface
podman exec rootless-stack-none ls /sys/class/net

# %% none-helpers
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{.NetworkSettings.SandboxKey}}' rootless-stack-none)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% default
podman run --detach --stop-timeout 0 --name rootless-stack-web --publish 8098:8080 --volume rootless-stack:/srv docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /srv

# %% helpers
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{.NetworkSettings.SandboxKey}}' rootless-stack-web)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'

# %% interface
podman exec rootless-stack-web sh -c 'ls /sys/class/net/*/tun_flags'

# %% holder
ss --listening --tcp --numeric --processes 'sport = :8098' | grep --only-matching 'pid=[0-9]*' | sort --unique | cut --delimiter = --fields 2 |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { exit !NR }' || echo "exit status: $?"

# %% seen
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8098/cgi-bin/seen" || echo "exit status: $?"

# %% seen-local
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8098/cgi-bin/seen || echo "exit status: $?"

# %% network
podman rm --force rootless-stack-web
podman network create rootless-stack
podman run --detach --stop-timeout 0 --name rootless-stack-web --network rootless-stack --publish 8098:8080 --volume rootless-stack:/srv docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /srv || echo "exit status: $?"

# %% network-look
ps --user "$(id -u)" --format args= | awk '
  $1 ~ /(slirp4netns|pasta)$/ && /rootless-netns/ { program = $1 } END { print "program: " (program ? program : "none") }'
ss --listening --tcp --numeric --processes 'sport = :8098' | grep --only-matching 'pid=[0-9]*' | sort --unique | cut --delimiter = --fields 2 |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { exit !NR }' || echo "exit status: $?"
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8098/cgi-bin/seen" || echo "exit status: $?"

# %% forwarder
if lab_only "Beside other containers on networks of your own it fails halfway, and leaves firewall rules behind."; then
  podman rm --force --ignore rootless-stack-web
  printf '[network]\nrootless_port_forwarder = "pasta"\n' >rootless-stack.conf
  CONTAINERS_CONF_OVERRIDE=rootless-stack.conf podman run --detach --stop-timeout 0 --name rootless-stack-web --network rootless-stack --publish 8098:8080 --volume rootless-stack:/srv docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /srv || echo "exit status: $?"
fi

# %% forwarder-look
ss --listening --tcp --numeric --processes 'sport = :8098' | grep --only-matching 'pid=[0-9]*' | sort --unique | cut --delimiter = --fields 2 |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { exit !NR }' || echo "exit status: $?"
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8098/cgi-bin/seen" || echo "exit status: $?"

# %% slirp4netns
podman rm --force --ignore rootless-stack-web
podman run --detach --stop-timeout 0 --name rootless-stack-web --network slirp4netns:port_handler=slirp4netns --publish 8098:8080 --volume rootless-stack:/srv docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /srv || echo "exit status: $?"

# %% slirp4netns-look
ps --user "$(id -u)" --format args= | awk -v namespace="$(podman inspect --format '{{.NetworkSettings.SandboxKey}}' rootless-stack-web)" '
  $1 ~ /(slirp4netns|pasta)$/ && namespace && index($0, namespace) { program = $1 } END { print "program: " (program ? program : "none") }'
ss --listening --tcp --numeric --processes 'sport = :8098' | grep --only-matching 'pid=[0-9]*' | sort --unique | cut --delimiter = --fields 2 |
  xargs --no-run-if-empty ps -o args= | awk '{ print "port 8098: " $1 } END { exit !NR }' || echo "exit status: $?"
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8098/cgi-bin/seen" || echo "exit status: $?"

# %% pasta
podman rm --force --ignore rootless-stack-web
podman run --detach --stop-timeout 0 --name rootless-stack-web --network pasta:--address,10.0.2.100,--netmask,24,--gateway,10.0.2.2 --publish 8098:8080 --volume rootless-stack:/srv docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /srv || echo "exit status: $?"

# %% pasta-seen
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8098/cgi-bin/seen" || echo "exit status: $?"

# %% pasta-seen-local
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8098/cgi-bin/seen || echo "exit status: $?"

# %% cleanup
podman rm --force --ignore rootless-stack-web
podman rm --force rootless-stack-none
podman network rm rootless-stack
podman volume rm rootless-stack
rm --force rootless-stack.conf
