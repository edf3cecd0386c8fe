#!/usr/bin/env bash
# Which network backend should I use, and is it the faster one?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% ask
podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% can
printf '[containers]\npids_limit = 0\n[network]\nnetwork_backend = "netavark"\n' >backend-compare-netavark.conf
CONTAINERS_CONF=backend-compare-netavark.conf podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% other
printf '[containers]\npids_limit = 0\n[network]\nnetwork_backend = "cni"\n' >backend-compare-cni.conf
CONTAINERS_CONF=backend-compare-cni.conf podman info --format '{{.Host.NetworkBackend}}' || echo "exit status: $?"

# %% networks
CONTAINERS_CONF=backend-compare-cni.conf podman network create --disable-dns --subnet=10.189.12.0/24 backend-compare-cni
CONTAINERS_CONF=backend-compare-cni.conf podman run --detach --name backend-compare-cni --network backend-compare-cni docker.io/library/busybox sleep infinity
CONTAINERS_CONF=backend-compare-netavark.conf podman network create --disable-dns --subnet=10.189.13.0/24 backend-compare-netavark
CONTAINERS_CONF=backend-compare-netavark.conf podman run --detach --name backend-compare-netavark --network backend-compare-netavark docker.io/library/busybox sleep infinity

# %% clock
cat >backend-compare-clock.sh <<'END'
export CONTAINERS_CONF="backend-compare-$1.conf"
podman network disconnect "backend-compare-$1" "backend-compare-$1"
begun=$(date +%s%N)
podman network connect "backend-compare-$1" "backend-compare-$1"
echo $((($(date +%s%N) - begun) / 10000)) # hundredths of a millisecond
END

# %% pairs
cat >backend-compare-pairs.sh <<'END'
clock() { bash -e backend-compare-clock.sh "$1"; }
for pair in 1 2 3 4 5 6; do
  first=$(clock "$1") second=$(clock "$2") third=$(clock "$2") last=$(clock "$1")
  echo $(((first + last) * 100 / (second + third)))
done | sort --numeric-sort | paste --serial --delimiters=" "
END

# %% judge
cat >backend-compare-judge.sh <<'END'
for attempt in 1 2 3; do
  read -r _ lower _ _ upper _ < <(bash -eu -o pipefail backend-compare-pairs.sh "$@")
  [ "$lower" -le 110 ] || { echo "$2 is faster than $1" && exit; }
  [ "$upper" -gt 110 ] || break
done
echo "$2 is not faster than $1"
END

# %% check
bash -eu backend-compare-judge.sh cni netavark

# %% control
bash -eu backend-compare-judge.sh netavark netavark

# %% remove
for backend in cni netavark; do
  CONTAINERS_CONF="backend-compare-$backend.conf" podman rm --force "backend-compare-$backend"
  CONTAINERS_CONF="backend-compare-$backend.conf" podman network rm "backend-compare-$backend"
done

# %% tidy
if lab_only "It deletes all firewall rules, and the network files of all containers."; then
  [ "$(id -u)" != 0 ] || nft flush ruleset
  rm --recursive --force /var/lib/cni /run/containers/networks "${XDG_RUNTIME_DIR:-/run}"/containers/{cni,networks}
fi

# %% cleanup
rm --recursive --force backend-compare-*.conf backend-compare-*.sh /var/lib/cni/networks/backend-compare-cni
