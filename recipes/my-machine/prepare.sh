#!/usr/bin/env bash
# What a reader may have: a published port, two containers on a network, and a pod.
set -Eeuo pipefail

podman run --detach --name web --publish 8080:80 docker.io/library/busybox httpd -f -p 80

podman network create shop
for name in api db; do
  # On Podman 3.0 rootless they are created but don't start: that needs an image which the lab can't download.
  podman run --detach --name "$name" --network shop docker.io/library/busybox sleep infinity || podman inspect "$name" >/dev/null
done

podman pod create --name blog
podman run --detach --name blog-app --pod blog docker.io/library/busybox sleep infinity
