#!/usr/bin/env bash
# Which network backend is faster?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% backends
for backend in cni netavark; do
  printf '[containers]\npids_limit = 0\n[network]\nnetwork_backend = "%s"\n' "$backend" >"backend-compare-$backend.conf"
done

# %% networks
for backend in cni netavark; do
  [ "$backend" = cni ] && net=10.189.12 || net=10.189.13
  CONTAINERS_CONF="backend-compare-$backend.conf" podman network create --disable-dns --subnet="$net.0/25" "backend-compare-$backend"
  CONTAINERS_CONF="backend-compare-$backend.conf" podman network create --disable-dns --subnet="$net.128/25" "backend-compare-$backend-b"
  CONTAINERS_CONF="backend-compare-$backend.conf" podman run --detach --stop-timeout 0 --name "backend-compare-$backend" --network "backend-compare-$backend" docker.io/library/busybox sleep infinity
done

# %% tasks
cat >backend-compare-tasks.sh <<'END'
join() { podman network connect "backend-compare-$1-b" "backend-compare-$1"; }
leave() { podman network disconnect "backend-compare-$1-b" "backend-compare-$1"; }
run() { podman run --rm --network "backend-compare-$1" docker.io/library/busybox true; }
END

# %% clock
cat >backend-compare-clock.sh <<'END'
. ./backend-compare-tasks.sh
export CONTAINERS_CONF="backend-compare-$2.conf"
begun=$(date +%s%N)
"$1" "$2"
echo $((($(date +%s%N) - begun) / 10000)) # hundredths of a millisecond
[ "$1" != join ] || leave "$2"
END

# %% pairs
cat >backend-compare-pairs.sh <<'END'
clock() { bash -e backend-compare-clock.sh "$@"; }
for pair in 1 2 3 4 5 6; do
  first=$(clock "$1" "$2") second=$(clock "$1" "$3") third=$(clock "$1" "$3") last=$(clock "$1" "$2")
  echo $(((first + last) * 100 / (second + third)))
done | sort --numeric-sort | paste --serial --delimiters=" "
END

# %% judge
cat >backend-compare-judge.sh <<'END'
for attempt in 1 2 3; do
  read -r _ lower _ _ upper _ < <(bash -eu -o pipefail backend-compare-pairs.sh "$@")
  [ "$lower" -le 110 ] || { echo "$3 is faster than $2" && exit; }
  [ "$upper" -gt 110 ] || break
done
echo "$3 is not faster than $2"
END

# %% check
bash -eu backend-compare-judge.sh join cni netavark

# %% control
bash -eu backend-compare-judge.sh join netavark netavark

# %% whole
bash -eu backend-compare-judge.sh run cni netavark

# %% remove
for backend in cni netavark; do
  CONTAINERS_CONF="backend-compare-$backend.conf" podman rm --force "backend-compare-$backend"
  CONTAINERS_CONF="backend-compare-$backend.conf" podman network rm "backend-compare-$backend" "backend-compare-$backend-b"
  rm --recursive --force "/var/lib/cni/networks/backend-compare-$backend" "/var/lib/cni/networks/backend-compare-$backend-b"
done

# %% tidy-root
if root && lab_only "It deletes all firewall rules, and the network files of all containers."; then
  nft flush ruleset
  rm --recursive --force /var/lib/cni /run/containers/networks
fi

# %% tidy-rootless
if rootless && lab_only "It deletes the network files of all your containers."; then
  rm --recursive --force "$XDG_RUNTIME_DIR/containers/cni" "$XDG_RUNTIME_DIR/containers/networks"
fi

# %% cleanup
rm backend-compare-*.conf backend-compare-*.sh
