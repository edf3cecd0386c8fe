#!/usr/bin/env bash
# Why did my pod's published ports stop answering?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman pod create --name pod-ports-lost --publish 8080:8080

# %% use
podman run --detach --stop-timeout 0 --pod pod-ports-lost --name pod-ports-lost-web docker.io/library/busybox sh -c 'echo hello >/index.html; exec httpd -f -p 8080 -h /'
timeout 10 sh -c 'until podman exec pod-ports-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done'

# %% before
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside"

# %% restart-infra
podman stop "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)"
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman start "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)"

# %% lost-infra
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside" | tee pod-ports-lost-infra.txt

# %% mend-infra
podman pod stop pod-ports-lost
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman pod start pod-ports-lost
timeout 10 sh -c 'until podman exec pod-ports-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done'

# %% back-infra
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside" | tee pod-ports-lost-infra-mended.txt

# %% take-port
podman pod stop pod-ports-lost
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman run --detach --stop-timeout 0 --name pod-ports-lost-other --publish 8080:8080 docker.io/library/busybox sh -c 'echo another container >/index.html; exec httpd -f -p 8080 -h /'

# %% start-taken
podman pod start pod-ports-lost >pod-ports-lost-start.txt 2>&1 || echo "exit status: $?"
grep --only-matching --extended-regexp '(cannot|rootlessport|Failed|Listen) .*[Aa]ddress already in use.*' pod-ports-lost-start.txt >&2

# %% lost-taken
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside" | tee pod-ports-lost-taken.txt

# %% mend-taken
podman rm --force pod-ports-lost-other
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman pod start pod-ports-lost
timeout 10 sh -c 'until podman exec pod-ports-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done'

# %% back-taken
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside" | tee pod-ports-lost-taken-mended.txt

# %% check
awk '{ print FILENAME ": " $0 } !/from the host: hello$/ { lost++ } END { print "access lost: " lost + 0 " of " NR }' pod-ports-lost-infra.txt pod-ports-lost-taken.txt

# %% control
awk '{ print FILENAME ": " $0 } !/from the host: hello$/ { lost++ } END { print "access lost: " lost + 0 " of " NR }' pod-ports-lost-infra-mended.txt pod-ports-lost-taken-mended.txt

# %% cut-root
if root && lab_only "It deletes all firewall rules."; then
  nft flush ruleset
fi

# %% cut-rootless
if rootless && lab_only "It kills the process that listens on port 8080, whatever it is."; then
  ss --no-header --listening --tcp --numeric --processes 'sport = :8080' | grep --only-matching --perl-regexp 'pid=\K\d+' | sort --unique | xargs kill
  timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
fi

# %% lost-cut
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside"

# %% reload-root
if root; then
  podman network reload "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)" 2>&1 | grep --only-matching --extended-regexp '^[0-9a-f]+$|tearing down|does not exist|No chain/target/match by that name'
fi

# %% reload-rootless
if rootless; then
  podman network reload "$(podman pod inspect --format '{{.InfraContainerID}}' pod-ports-lost)" || echo "exit status: $?"
fi

# %% after-reload
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside"

# %% mend-cut
podman pod stop pod-ports-lost
timeout 20 sh -c 'until ! ss --no-header --listening --tcp --numeric "sport = :8080" | grep --quiet .; do sleep 0.1; done'
podman pod start pod-ports-lost
timeout 10 sh -c 'until podman exec pod-ports-lost-web wget -q -O /dev/null http://127.0.0.1:8080/; do sleep 0.1; done'

# %% back-cut
inside=$(podman exec pod-ports-lost-web timeout 3 wget -q -O - http://127.0.0.1:8080/ 2>/dev/null || echo none)
outside=$(curl --silent --max-time 3 http://127.0.0.1:8080/ || echo none)
echo "inside: $inside, from the host: $outside"

# %% tidy
if lab_only "It deletes what CNI's tuning plugin keeps about every container."; then
  rm --recursive --force /run/cni/tuning
fi

# %% cleanup
podman pod rm --force pod-ports-lost
rm --force pod-ports-lost-*.txt
