#!/usr/bin/env bash
# How does a rootless container reach one service that only listens on the 127.0.0.1 of the host?
set -Eeuo pipefail

# %% local
podman run --detach --name host-loopback-service --network host docker.io/library/busybox sh -c '
  mkdir /tmp/cgi-bin
  printf "#!/bin/sh\necho\necho \"hello from the host to \$REMOTE_ADDR\"\n" >/tmp/cgi-bin/index.cgi
  chmod +x /tmp/cgi-bin/index.cgi
  httpd -p 127.0.0.1:8099 -h /tmp
  exec httpd -f -p 127.0.0.1:8098 -h /tmp'
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8098/

# %% create
podman run --detach --name host-loopback-app docker.io/library/busybox sleep infinity

# %% local-closed
podman exec host-loopback-app wget --quiet --output-document - http://127.0.0.1:8098/ || echo "exit status: $?"

# %% one-service
podman stop host-loopback-app
podman rename host-loopback-app host-loopback-app-old
podman run --detach --name host-loopback-app --network pasta:-T,8098 docker.io/library/busybox sleep infinity ||
  { podman rename host-loopback-app-old host-loopback-app && podman start host-loopback-app; }

# %% check
podman exec host-loopback-app wget --quiet --output-document - http://127.0.0.1:8098/ || echo "exit status: $?"

# %% one-service-only
podman exec host-loopback-app wget --quiet --output-document - http://127.0.0.1:8099/ || echo "exit status: $?"

# %% loopback
podman run --rm --network pasta:--map-gw docker.io/library/busybox sh -c 'wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):8099/"' ||
  podman run --rm --network slirp4netns:allow_host_loopback=true docker.io/library/busybox wget --quiet --output-document - http://10.0.2.2:8099/ || echo "exit status: $?"

# %% cleanup
podman rm --force host-loopback-app
podman rm --force --ignore host-loopback-app-old
podman rm --force host-loopback-service
