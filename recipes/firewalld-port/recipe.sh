#!/usr/bin/env bash
# Why can't another machine reach a rootless container's port with firewalld?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name firewalld-port-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% local
echo "from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% closed-root
if root; then
  if firewall-cmd --query-port=8080/tcp; then echo "The port was open already: nothing was changed." >&2; false; fi
fi

# %% closed-rootless
if rootless; then
  if sudo firewall-cmd --query-port=8080/tcp; then echo "The port was open already: nothing was changed." >&2; false; fi
fi

# %% fix-root
if root; then
  firewall-cmd --add-port=8080/tcp
fi

# %% fix-rootless
if rootless; then
  sudo firewall-cmd --add-port=8080/tcp
fi

# %% works
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% close-root
if root; then
  firewall-cmd --remove-port=8080/tcp
fi

# %% close-rootless
if rootless; then
  sudo firewall-cmd --remove-port=8080/tcp
fi

# %% cleanup
podman rm --force firewalld-port-web >/dev/null
