#!/usr/bin/env bash
# What do I do when my LAN or VPN has the same addresses as a Podman network?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% free
podman network create subnet-clash-free
podman network inspect subnet-clash-free | grep --only-matching '"subnet": "[^"]*"'

# %% avoids
if lab_only "It connects the host to another network for a moment."; then
  range=$(podman network inspect subnet-clash-free | sed --quiet 's/.*"subnet": "\(.*\)\.0\/24".*/\1/p')
  uplink up "$range.20/24" && podman network rm subnet-clash-free
  podman network create subnet-clash-auto
  podman network inspect subnet-clash-auto | grep --only-matching '"subnet": "[^"]*"'
  podman network create --subnet "$range.0/24" subnet-clash-same || echo "exit status: $?"
  uplink down
fi

# %% create
podman network create subnet-clash
podman network inspect subnet-clash | grep --only-matching '"subnet": "[^"]*"'
podman run --detach --name subnet-clash-web --network subnet-clash --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% connect
if lab_only "It connects the host to another network with a machine on it."; then
  uplink up 10.89.0.20/24
  outside ip address add 10.89.0.50/24 dev uplink
  outside sh -c 'mkdir /srv/subnet-clash; cd /srv/subnet-clash; echo another machine >index.html; busybox httpd -f -p 8000 >/dev/null 2>&1 & echo $! >/run/subnet-clash.pid'
fi

# %% symptom
echo "from the container: $(podman exec subnet-clash-web wget -q -T 3 -O - http://10.89.0.50:8000/ || echo nobody)"
echo "from the host: $(curl --silent --max-time 5 http://10.89.0.50:8000/ || echo nobody)"

# %% again
podman stop subnet-clash-web
podman start subnet-clash-web
echo "published port: $(curl --silent --connect-timeout 2 --retry 3 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% fix
podman network create --subnet 10.123.45.0/24 subnet-clash-new
podman stop subnet-clash-web
podman rename subnet-clash-web subnet-clash-web-old
podman run --detach --name subnet-clash-web --network subnet-clash-new --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% works
echo "from the container: $(podman exec subnet-clash-web wget -q -T 3 -O - http://10.89.0.50:8000/ || echo nobody)"

# %% delete
podman rm subnet-clash-web-old >/dev/null
podman network rm subnet-clash
echo "from the container: $(podman exec subnet-clash-web wget -q -T 3 -O - http://10.89.0.50:8000/ || echo nobody)"
echo "from the host: $(curl --silent --max-time 5 http://10.89.0.50:8000/ || echo nobody)"

# %% disconnect
if lab_only "It ends that connection."; then
  uplink down
  outside kill "$(cat /run/subnet-clash.pid)"
  echo "from the host: $(curl --silent --max-time 5 http://10.89.0.50:8000/ || echo nobody)"
fi

# %% cleanup
podman rm --force --ignore subnet-clash-web subnet-clash-web-old >/dev/null
podman network ls --format '{{.Name}}' | grep --extended-regexp '^subnet-clash(-new|-free|-auto|-same)?$' | xargs podman network rm
