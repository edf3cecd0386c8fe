names() { # all that Podman has here
  podman ps --all --format '{{.Names}}'
  podman pod ls --format '{{.Name}}'
  podman network ls --format '{{.Name}}'
  podman volume ls --quiet
}
taken() { # is a name, a file or a port of ours in use? Quadlet puts systemd- before names
  local folder port ports=(@PORTS@)
  grep --extended-regexp '^(systemd-)?@SLUG@' < <(names) >/dev/null && return
  for folder in /tmp {/etc,~/.config}/containers/{containers.conf.d,systemd}; do compgen -G "$folder/@SLUG@*" >/dev/null && return; done
  for port in "${ports[@]}"; do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return; done
  return 1
}
