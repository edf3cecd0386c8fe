#!/usr/bin/env bash
# Why is a published port open to other machines in spite of firewalld?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name firewalld-open-web --publish 8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% closed
firewall-cmd --query-port=8080/tcp || echo "exit status: $?"

# %% filtered
if lab_only "It asks from another machine of the lab."; then
  podman run --detach --name firewalld-open-host --network host docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8081 -h /'
  timeout 10 sh -c 'until curl --silent --output /dev/null http://127.0.0.1:8081/; do sleep 0.2; done'
  echo "port 8081, from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8081/ || echo nobody)"
fi

# %% symptom
if lab_only "It asks from another machine of the lab."; then
  echo "from another machine: $(outside curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://172.31.99.2:8080/ || echo nobody)"
fi

# %% fix
podman stop firewalld-open-web
podman rename firewalld-open-web firewalld-open-web-old
podman run --detach --name firewalld-open-web --publish 127.0.0.1:8080:8000 docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'

# %% works
if lab_only "It asks from another machine of the lab."; then
  curl --silent --retry 5 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/
  echo "from another machine: $(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)"
fi

# %% cleanup
podman rm --force --ignore firewalld-open-web firewalld-open-web-old firewalld-open-host >/dev/null
