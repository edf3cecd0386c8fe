#!/usr/bin/env bash
# How do I put two containers in a pod with Quadlet?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }

# %% symptom
echo "port 8080: $(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo nobody)"

# %% pod
d=$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/systemd
mkdir -p "$d"
printf '%s\n' '[Pod]' PublishPort=8080:8000 >"$d/quadlet-pod.pod"

# %% write
d=$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/systemd
printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-pod-web Pod=quadlet-pod.pod "Exec=sh -c 'echo hello >/index.html; exec httpd -f -p 8000 -h /'" >"$d/quadlet-pod-web.container"
printf '%s\n' '[Container]' Image=docker.io/library/busybox ContainerName=quadlet-pod-client Pod=quadlet-pod.pod Exec='sleep infinity' >"$d/quadlet-pod-client.container"

# %% start-root
if root; then
  systemctl daemon-reload
  systemctl start quadlet-pod-pod.service
fi

# %% start-rootless
if rootless; then
  systemctl --user daemon-reload
  systemctl --user start quadlet-pod-pod.service
fi

# %% works
echo "port 8080: $(curl --silent --retry 20 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/ || echo nobody)"

# %% inside
timeout 60 sh -c 'until podman ps --quiet --filter name=quadlet-pod | wc --lines | grep --quiet 3; do sleep 0.5; done'
echo "in the pod: $(podman exec quadlet-pod-client wget -q -T 3 -O - http://localhost:8000/ || echo nobody)"
podman pod ps --filter name=quadlet-pod --format 'pod: {{.Name}}'

# %% ports
read -r manager folder <<<"$([ "$(id -u)" = 0 ] && echo --system /etc || echo --user ~/.config)"
printf '%s\n' '[Container]' Image=docker.io/library/busybox Pod=quadlet-pod.pod PublishPort=8081:8000 >"$folder/containers/systemd/quadlet-pod-ports.container"
systemctl "$manager" daemon-reload
since=$(date +@%s)
systemctl "$manager" start --job-mode=ignore-dependencies quadlet-pod-ports.service 2>/dev/null ||
  timeout 20 sh -c "until journalctl $manager --identifier quadlet-pod-ports --since $since --output cat | grep '^Error'; do sleep 0.5; done"
echo "port 8081: $(curl --silent --max-time 3 http://127.0.0.1:8081/ || echo nobody)"

# %% cleanup
manager=$([ "$(id -u)" = 0 ] && echo --system || echo --user)
systemctl "$manager" stop quadlet-pod-pod.service
rm -f {/etc,~/.config}/containers/systemd/quadlet-pod{.pod,{-web,-client,-ports}.container}
systemctl "$manager" daemon-reload
systemctl "$manager" reset-failed 'quadlet-pod*'
