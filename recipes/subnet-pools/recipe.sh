#!/usr/bin/env bash
# How do I choose the addresses that Podman gives to new networks?
set -Eeuo pipefail
root() { [ "$(id -u)" = 0 ]; }
rootless() { ! root; }
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% symptom
podman network create subnet-pools-before
podman network inspect subnet-pools-before | grep --only-matching '"subnet": "[^"]*"'

# %% folder
LC_ALL=C mkdir --parents --verbose "$([ "$(id -u)" = 0 ] && echo /etc || echo ~/.config)/containers/containers.conf.d" | cut --delimiter="'" --fields=2 >subnet-pools.made

# %% pools-root
if root; then
  mkdir --parents /etc/containers/containers.conf.d
  printf '[network]\ndefault_subnet_pools = [{ base = "10.123.0.0/16", size = 24 }]\n' >/etc/containers/containers.conf.d/subnet-pools.conf
fi

# %% pools-rootless
if rootless; then
  mkdir --parents ~/.config/containers/containers.conf.d
  printf '[network]\ndefault_subnet_pools = [{ base = "10.123.0.0/16", size = 24 }]\n' >~/.config/containers/containers.conf.d/subnet-pools.conf
fi

# %% create
podman network create subnet-pools

# %% works
podman network inspect subnet-pools | grep --only-matching '"subnet": "[^"]*"'

# %% existing
podman network inspect subnet-pools-before | grep --only-matching '"subnet": "[^"]*"'

# %% default-before
podman network inspect podman | grep --only-matching '"subnet": "[^"]*"' || echo "exit status: $?"

# %% default-range-root
if root && lab_only "It changes the range of the default network."; then
  printf '[network]\ndefault_subnet = "10.122.0.0/16"\n' >/etc/containers/containers.conf.d/subnet-pools-default.conf
fi

# %% default-range-rootless
if rootless && lab_only "It changes the range of the default network."; then
  printf '[network]\ndefault_subnet = "10.122.0.0/16"\n' >~/.config/containers/containers.conf.d/subnet-pools-default.conf
fi

# %% default
podman network inspect podman | grep --only-matching '"subnet": "[^"]*"' || echo "exit status: $?"

# %% cleanup
rm --force {/etc,~/.config}/containers/containers.conf.d/subnet-pools{,-default}.conf
tac subnet-pools.made | xargs --no-run-if-empty rmdir --ignore-fail-on-non-empty
podman network rm subnet-pools subnet-pools-before
rm subnet-pools.made
