#!/usr/bin/env bash
# Why does the server in my rootless container not see its clients' IP address?
set -Eeuo pipefail

# %% page
podman volume create client-address
podman run --rm --interactive --volume client-address:/cgi-bin --workdir=/cgi-bin docker.io/library/busybox sh -c 'cat >seen && chmod +x seen' <<'END'
#!/bin/sh
echo
[ "$REMOTE_ADDR" = "${HTTP_HOST%:*}" ] && whose="its client's" || whose="not its client's"
echo "port ${HTTP_HOST#*:}: the server sees $REMOTE_ADDR, $whose"
END

# %% create
podman run --detach --name client-address-web --publish 8124:8080 --volume client-address:/cgi-bin docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h /
podman network create client-address
podman run --detach --name client-address-bridge --network client-address --publish 8125:8080 --volume client-address:/cgi-bin docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h / || echo "exit status: $?"

# %% seen
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8124/cgi-bin/seen"

# %% seen-local
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8124/cgi-bin/seen

# %% network-look
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8125/cgi-bin/seen" || echo "port 8125: no answer"

# %% created
podman inspect --format '{{.Config.CreateCommand}}' client-address-web client-address-bridge

# %% slirp4netns
podman stop client-address-web
podman rename client-address-web client-address-web-old
podman run --detach --name client-address-web --network slirp4netns:port_handler=slirp4netns --publish 8124:8080 --volume client-address:/cgi-bin docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h / || echo "exit status: $?"

# %% pasta
podman stop client-address-bridge || echo "exit status: $?"
podman rename client-address-bridge client-address-bridge-old
podman run --detach --name client-address-bridge --network pasta:--address,10.0.2.100,--netmask,24,--gateway,10.0.2.2 --publish 8125:8080 --volume client-address:/cgi-bin docker.io/library/busybox httpd -f -p 0.0.0.0:8080 -h / || echo "exit status: $?"

# %% works
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8124/cgi-bin/seen" || echo "port 8124: no answer"
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8125/cgi-bin/seen" || echo "port 8125: no answer"

# %% pasta-seen-local
curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8125/cgi-bin/seen || echo "port 8125: no answer"

# %% cleanup
podman rm --force --ignore client-address-web client-address-bridge client-address-web-old client-address-bridge-old >/dev/null
podman network rm client-address
podman volume rm client-address
