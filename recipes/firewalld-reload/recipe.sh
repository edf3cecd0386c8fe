#!/usr/bin/env bash
# Why did my containers lose their ports or the internet when firewalld was reloaded?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% free
echo "port 8080: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)"

# %% create
podman run --detach --name firewalld-reload-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'
timeout 10 sh -c 'until curl --silent http://127.0.0.1:8080/; do sleep 0.2; done'

# %% reload
if lab_only "It reloads firewalld, without the service that puts the rules back."; then
  systemctl disable --now netavark-firewalld-reload.service || echo "exit status: $?"
  firewall-cmd --reload
fi

# %% symptom
page=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)
out=$(podman exec firewalld-reload-web sh -c 'nc -w 3 "$(sed -n "/^nameserver /{s///p;q}" /etc/resolv.conf)" 53 -e true && echo open' || echo closed)
echo "port 8080: $page, way out: $out"

# %% fix
podman --log-level fatal network reload firewalld-reload-web

# %% works
page=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)
out=$(podman exec firewalld-reload-web sh -c 'nc -w 3 "$(sed -n "/^nameserver /{s///p;q}" /etc/resolv.conf)" 53 -e true && echo open' || echo closed)
echo "port 8080: $page, way out: $out"

# %% keep
if lab_only "It enables a service for good, and reloads firewalld."; then
  systemctl enable --now netavark-firewalld-reload.service || echo "exit status: $?"
  firewall-cmd --reload
  timeout 10 sh -c 'until nft list ruleset 2>/dev/null | grep --quiet "saddr 10.88.0.0/16 jump filter_FWD_trusted"; do sleep 0.2; done' || echo "The container's network isn't in zone trusted."
fi

# %% kept
page=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)
out=$(podman exec firewalld-reload-web sh -c 'nc -w 3 "$(sed -n "/^nameserver /{s///p;q}" /etc/resolv.conf)" 53 -e true && echo open' || echo closed)
echo "port 8080: $page, way out: $out"

# %% again-fix
podman --log-level fatal network reload firewalld-reload-web

# %% tidy
if lab_only "It deletes what CNI's tuning plugin keeps about every container."; then
  rm --recursive --force /run/cni/tuning
fi

# %% cleanup
podman rm --force firewalld-reload-web >/dev/null
