#!/usr/bin/env bash
# How does a container find by name another one that is on a different network?
set -Eeuo pipefail

# %% create
podman network create dns-connect-front
podman network create dns-connect-back
podman run --detach --name dns-connect-app --network dns-connect-front docker.io/library/busybox sh -c 'echo app >/index.html; exec httpd -f -p 80 -h /'
podman run --detach --name dns-connect-db --network dns-connect-back docker.io/library/busybox sleep infinity
podman run --detach --name dns-connect-cache --network dns-connect-back docker.io/library/busybox sh -c 'echo cache >/index.html; exec httpd -f -p 80 -h /'
timeout 60 sh -c 'until podman exec dns-connect-app nslookup -type=a dns-connect-app; do sleep 0.1; done' >/dev/null 2>&1

# %% where
podman inspect --format '{{.Name}}:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' dns-connect-app dns-connect-db

# %% control
podman exec dns-connect-app nslookup -type=a dns-connect-db || echo "exit status: $?"

# %% connect
podman network connect dns-connect-front dns-connect-db

# %% known
for _ in {1..15}; do
  timeout 5 sh -c 'until podman exec dns-connect-app nslookup -type=a dns-connect-db; do sleep 0.1; done' >/dev/null 2>&1 && break
  podman run --rm --network dns-connect-front docker.io/library/busybox true
done

# %% connected
podman exec dns-connect-app nslookup -type=a dns-connect-db || echo "exit status: $?"

# %% other-way
podman exec dns-connect-db sh -c 'wget -q -T 5 -O - http://dns-connect-app/; wget -q -T 5 -O - http://dns-connect-cache/' || echo "exit status: $?"

# %% disconnect
podman network disconnect dns-connect-front dns-connect-db

# %% cleanup
podman rm --force dns-connect-app dns-connect-db dns-connect-cache >/dev/null
podman network rm dns-connect-front dns-connect-back
