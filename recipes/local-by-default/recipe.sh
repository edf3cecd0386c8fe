#!/usr/bin/env bash
# How do I publish ports on 127.0.0.1 only, without writing it each time?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name local-by-default-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "port 8080: $(outside curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% folder
LC_ALL=C mkdir --parents --verbose "$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/containers.conf.d" | cut --delimiter="'" --fields=2 >local-by-default.made

# %% setting-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  printf '[network]\ndefault_host_ips = ["127.0.0.1"]\n' >/etc/containers/containers.conf.d/local-by-default.conf
fi

# %% setting-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  printf '[network]\ndefault_host_ips = ["127.0.0.1"]\n' >~/.config/containers/containers.conf.d/local-by-default.conf
fi

# %% again
podman stop local-by-default-web && podman rename local-by-default-web local-by-default-web-old
podman run --detach --name local-by-default-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% look
podman port local-by-default-web

# %% works
if lab_only "It asks from another machine of the lab."; then
  curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/
  echo "port 8080: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% explicit
if lab_only "It asks from another machine of the lab."; then
  podman run --detach --name local-by-default-both --publish 127.0.0.1:8081:8000 --publish 0.0.0.0:8082:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'
  timeout 20 sh -c 'until podman exec local-by-default-both wget -q -O /dev/null http://127.0.0.1:8000/; do sleep 0.1; done' 2>/dev/null
  echo "port 8081, from the host: $(curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8081/ || echo nobody)"
  echo "port 8082: $(outside curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8082/ || echo nobody)"
  echo "port 8081: $(outside curl --silent --max-time 3 http://172.31.99.2:8081/ || echo nobody)"
fi

# %% cleanup
rm --force /etc/containers/containers.conf.d/local-by-default.conf ~/.config/containers/containers.conf.d/local-by-default.conf
tac local-by-default.made | xargs --no-run-if-empty rmdir --ignore-fail-on-non-empty; rm local-by-default.made
podman rm --force --ignore local-by-default-web local-by-default-web-old local-by-default-both >/dev/null
