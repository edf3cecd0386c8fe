#!/usr/bin/env bash
# Why can't a rootless container publish a port below 1024?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% symptom
podman run --detach --name privileged-port-web --publish 80:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /' || echo "exit status: $?"

# %% limit
cat /proc/sys/net/ipv4/ip_unprivileged_port_start

# %% before
echo "port 80: $(curl --silent --max-time 3 http://127.0.0.1:80/ || echo nobody)"
echo "port 8080: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)"

# %% fix
podman rename privileged-port-web privileged-port-web-old
podman run --detach --name privileged-port-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% works
echo "port 8080: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% lower-root
if root && lab_only "It lets every user of this machine open the ports from 80 on."; then
  sysctl --write net.ipv4.ip_unprivileged_port_start=80
fi

# %% lower-rootless
if rootless && lab_only "It lets every user of this machine open the ports from 80 on."; then
  sudo sysctl --write net.ipv4.ip_unprivileged_port_start=80
fi

# %% start
podman start privileged-port-web-old && timeout 20 sh -c 'until podman exec privileged-port-web-old wget -q -O /dev/null http://127.0.0.1:8000/; do sleep 0.1; done' 2>/dev/null || echo "exit status: $?"
echo "port 80: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:80/ || echo nobody)"

# %% cleanup
podman rm --force privileged-port-web privileged-port-web-old >/dev/null
