#!/usr/bin/env bash
# How do two rootless pods talk to each other?
set -Eeuo pipefail

# %% create
podman pod create --name rootless-via-host-server --publish 8080:8080
podman run --detach --pod rootless-via-host-server --name rootless-via-host-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
podman pod create --name rootless-via-host-client

# %% symptom
podman run --rm --pod rootless-via-host-client docker.io/library/busybox wget -q -T 10 -O - http://rootless-via-host-server:8080/ || echo "exit status: $?"

# %% host
curl --silent --show-error --max-time 5 "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8080/" || echo "exit status: $?"

# %% check
podman run --rm --pod rootless-via-host-client docker.io/library/busybox wget -q -O - "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8080/" || echo "exit status: $?"

# %% closed
podman run --rm --pod rootless-via-host-client docker.io/library/busybox wget -q -O - "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8081/" || echo "exit status: $?"

# %% created
podman pod inspect --format '{{.CreateCommand}}' rootless-via-host-server
podman inspect --format '{{.Config.CreateCommand}}' rootless-via-host-web

# %% network
podman network create rootless-via-host

# %% use-network
podman pod stop rootless-via-host-server
podman pod stop rootless-via-host-client
podman pod create --name rootless-via-host-shop --network rootless-via-host
podman pod create --name rootless-via-host-customer --network rootless-via-host
podman run --detach --pod rootless-via-host-shop --name rootless-via-host-api docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'

# %% shared
podman run --rm --pod rootless-via-host-customer docker.io/library/busybox wget -q -T 10 -O - http://rootless-via-host-shop:8080/ || echo "exit status: $?"

# %% back
podman pod start rootless-via-host-server
curl --silent --retry 5 --retry-delay 1 --retry-all-errors "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8080/" || echo "exit status: $?"

# %% mixed
podman run --rm --network rootless-via-host docker.io/library/busybox wget -q -T 10 -O - "http://$(ip -4 route get 192.0.2.1 | grep --only-matching --perl-regexp 'src \K\S+'):8080/" || echo "exit status: $?"

# %% cleanup
podman pod rm --force rootless-via-host-customer
podman pod rm --force rootless-via-host-shop
podman pod rm --force rootless-via-host-client
podman pod rm --force rootless-via-host-server
podman network rm rootless-via-host
