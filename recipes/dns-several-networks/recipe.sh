#!/usr/bin/env bash
# Does a container on several networks find by name the containers on all of them?
set -Eeuo pipefail

# %% networks
podman network create dns-several-networks-front
podman network create dns-several-networks-back

# %% servers
podman run --detach --name dns-several-networks-web --network dns-several-networks-front docker.io/library/busybox sh -c 'echo web >/index.html; exec httpd -f -p 80 -h /'
podman run --detach --name dns-several-networks-db --network dns-several-networks-back docker.io/library/busybox sh -c 'echo db >/index.html; exec httpd -f -p 80 -h /'

# %% clients
podman run --detach --name dns-several-networks-app --network dns-several-networks-front,dns-several-networks-back docker.io/library/busybox sh -c 'echo app >/index.html; exec httpd -f -p 80 -h /'
for _ in {1..15}; do
  timeout 5 sh -c 'until podman exec dns-several-networks-web nslookup -type=a dns-several-networks-app && podman exec dns-several-networks-db nslookup -type=a dns-several-networks-app; do sleep 0.1; done' >/dev/null 2>&1 && break
  podman run --rm --network dns-several-networks-front,dns-several-networks-back docker.io/library/busybox true
done

# %% check
echo "by name: $(podman exec dns-several-networks-app sh -c 'for name in web db; do wget -q -T 5 -O /dev/null "http://dns-several-networks-$name/" 2>&1 && echo found; done' | sed "s/ '.*//" | sort | paste --serial --delimiters ' ')"

# %% control
echo "by name: $(podman exec dns-several-networks-web sh -c 'for name in web db; do wget -q -T 5 -O /dev/null "http://dns-several-networks-$name/" 2>&1 && echo found; done' | sed "s/ '.*//" | sort | paste --serial --delimiters ' ')"

# %% neighbors
echo "by name: $(podman exec dns-several-networks-web sh -c 'for name in web app; do wget -q -T 5 -O /dev/null "http://dns-several-networks-$name/" 2>&1 && echo found; done' | sed "s/ '.*//" | sort | paste --serial --delimiters ' ')"

# %% full-name
echo "by full name: $(podman exec dns-several-networks-app sh -c 'for name in web db; do wget -q -T 5 -O /dev/null "http://dns-several-networks-$name.dns.podman/" 2>&1 && echo found; done' | sed "s/ '.*//" | sort | paste --serial --delimiters ' ')"

# %% address
podman exec dns-several-networks-web wget -q -T 3 -O - "http://$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' dns-several-networks-db)/" || echo "exit status: $?"

# %% cleanup
podman rm --force dns-several-networks-app dns-several-networks-db dns-several-networks-web >/dev/null
podman network rm dns-several-networks-back dns-several-networks-front
