#!/usr/bin/env bash
# How do the containers of root reach a service on the host without opening it to other machines?
set -Eeuo pipefail

# %% create
podman run --detach --name host-listen-service --network host docker.io/library/busybox sh -c 'echo "hello from the host" >/tmp/index.html; exec httpd -f -p 127.0.0.1:8100 -h /tmp'
curl --silent --retry 10 --retry-delay 1 --retry-connrefused http://127.0.0.1:8100/
podman run --detach --name host-listen-app docker.io/library/busybox sleep infinity

# %% symptom
podman exec host-listen-app sh -c 'wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):8100/"' || echo "exit status: $?"

# %% gateway
podman inspect --format '{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}' host-listen-app

# %% listen
gateway=$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}' host-listen-app | cut --delimiter=' ' --fields=1)
test -n "$gateway" && podman stop host-listen-service && podman rename host-listen-service host-listen-service-old
podman run --detach --name host-listen-service --network host docker.io/library/busybox sh -c "echo 'hello from the bridge' >/tmp/index.html; exec httpd -f -p ${gateway:?}:8100 -h /tmp"
curl --silent --retry 10 --retry-delay 1 --retry-connrefused "http://$gateway:8100/"

# %% check
podman exec host-listen-app sh -c 'wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | cut -d " " -f 3):8100/"' || echo "exit status: $?"

# %% one-service-only
podman run --rm --network host docker.io/library/busybox wget --quiet --output-document - "http://$(ip route get 192.0.2.1 | awk '{ print $7; exit }'):8100/" || echo "exit status: $?"

# %% cleanup
podman rm --force host-listen-app
podman rm --force host-listen-service
podman rm --force --ignore host-listen-service-old
