#!/usr/bin/env bash
# Why can't my rootful containers get out, or be reached, when Docker is running?
set -Eeuo pipefail
lab_only() {
  [ -e /usr/lib/recetario/boot ] && return
  echo "Only for a lab host: this step changes the machine. $1 Nothing was changed." >&2
  return 1
}

# %% create
podman run --detach --name docker-forward-web --publish 8080:8000 docker.io/library/busybox httpd -f -p 8000 -h /www

# %% symptom
if lab_only "It calls another machine of the lab."; then
  in=$(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)
  out=$(podman exec docker-forward-web sh -c 'nc -w 3 172.31.99.1 53 -e true && echo open' || echo closed)
  echo "way in: $in, way out: $out"
fi

# %% policy
iptables --list-rules FORWARD | grep --max-count=1 '^-P'
iptables --list-rules DOCKER-USER

# %% rules
if iptables --list-rules DOCKER-USER | grep 10.88.0.0/16; then echo "You already have a rule for this subnet: nothing was changed." >&2; false; fi
touch docker-forward.ours

# %% fix
iptables --insert DOCKER-USER --source 10.88.0.0/16 --jump ACCEPT
iptables --insert DOCKER-USER --destination 10.88.0.0/16 --match conntrack --ctstate DNAT,RELATED,ESTABLISHED --jump ACCEPT

# %% works
if lab_only "It calls another machine of the lab."; then
  in=$(outside curl --silent --max-time 3 http://172.31.99.2:8080/ || echo nobody)
  out=$(podman exec docker-forward-web sh -c 'nc -w 3 172.31.99.1 53 -e true && echo open' || echo closed)
  echo "way in: $in, way out: $out"
fi

# %% cleanup
if [ -e docker-forward.ours ]; then
  iptables --delete DOCKER-USER --source 10.88.0.0/16 --jump ACCEPT
  iptables --delete DOCKER-USER --destination 10.88.0.0/16 --match conntrack --ctstate DNAT,RELATED,ESTABLISHED --jump ACCEPT
  rm docker-forward.ours
fi
podman rm --force docker-forward-web >/dev/null
