#!/usr/bin/env bash
# How does a container find by name another one that is on a different network?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% networks
podman network create dns-several-networks-front
podman network create dns-several-networks-back

# %% servers
podman run --detach --stop-timeout 0 --name dns-several-networks-web --network dns-several-networks-front docker.io/library/busybox sh -c 'echo web >/index.html; exec httpd -f -p 80 -h /'
podman run --detach --stop-timeout 0 --name dns-several-networks-db --network dns-several-networks-back docker.io/library/busybox sh -c 'echo db >/index.html; exec httpd -f -p 80 -h /'
podman run --detach --stop-timeout 0 --name dns-several-networks-cache --network dns-several-networks-back docker.io/library/busybox sh -c 'echo cache >/index.html; exec httpd -f -p 80 -h /'

# %% clients
podman run --detach --stop-timeout 0 --name dns-several-networks-both --network dns-several-networks-front,dns-several-networks-back docker.io/library/busybox sleep infinity
podman run --detach --stop-timeout 0 --name dns-several-networks-one --network dns-several-networks-front docker.io/library/busybox sleep infinity
for _ in {1..15}; do
  timeout 5 sh -c 'until podman exec dns-several-networks-one nslookup -type=a dns-several-networks-web && podman exec dns-several-networks-one nslookup -type=a dns-several-networks-one; do sleep 0.1; done' >/dev/null 2>&1 && break
  podman run --rm --network dns-several-networks-front docker.io/library/busybox true
done

# %% check
podman exec dns-several-networks-both sh -c 'for name in web db; do
  wget -q -O /dev/null "http://dns-several-networks-$name/" 2>/dev/null && found=$((found + 1))
done; echo "found by name: $((found)) of 2"'

# %% control
podman exec dns-several-networks-one sh -c 'for name in web db; do
  wget -q -O /dev/null "http://dns-several-networks-$name/" 2>/dev/null && found=$((found + 1))
done; echo "found by name: $((found)) of 2"'

# %% full-name
podman exec dns-several-networks-both sh -c 'for name in web db; do
  wget -q -O /dev/null "http://dns-several-networks-$name.dns.podman/" 2>/dev/null && found=$((found + 1))
done; echo "found by full name: $((found)) of 2"'

# %% address
podman exec dns-several-networks-one wget -q -T 3 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' dns-several-networks-db)/" || echo "exit status: $?"

# %% where
podman inspect --format '{{.Name}}:{{range $name, $_ := .NetworkSettings.Networks}} {{$name}}{{end}}' dns-several-networks-one dns-several-networks-db

# %% connect
podman network connect dns-several-networks-front dns-several-networks-db

# %% known
for _ in {1..15}; do
  timeout 5 sh -c 'until podman exec dns-several-networks-one nslookup -type=a dns-several-networks-web && podman exec dns-several-networks-one nslookup -type=a dns-several-networks-db; do sleep 0.1; done' >/dev/null 2>&1 && break
  podman run --rm --network dns-several-networks-front docker.io/library/busybox true
done

# %% connected
podman exec dns-several-networks-one sh -c 'for name in web db; do
  wget -q -O /dev/null "http://dns-several-networks-$name/" 2>/dev/null && found=$((found + 1))
done; echo "found by name: $((found)) of 2"'

# %% other-way
podman exec dns-several-networks-db sh -c 'for name in web cache; do
  wget -q -O /dev/null "http://dns-several-networks-$name/" 2>/dev/null && echo "$name: found" || echo "$name: lost"
done'

# %% disconnect
podman network disconnect dns-several-networks-front dns-several-networks-db

# %% plain
podman create --name dns-several-networks-plain docker.io/library/busybox sleep infinity
podman network connect dns-several-networks-front dns-several-networks-plain || echo "exit status: $?"

# %% cleanup
podman rm --force dns-several-networks-plain
podman rm --force dns-several-networks-one
podman rm --force dns-several-networks-both
podman rm --force dns-several-networks-cache
podman rm --force dns-several-networks-db
podman rm --force dns-several-networks-web
podman network rm dns-several-networks-back
podman network rm dns-several-networks-front
