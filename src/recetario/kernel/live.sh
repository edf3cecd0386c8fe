#!/usr/bin/env bash
# The bash that the steps share. Each is sourced straight, so it means what it means in `bash file`; a failure ends this
# bash, its EXIT trap keeps what was set, and the next one (driver.sh starts it) takes that over.

BASH_ARGV0=bash
__recetario=$1
set --

__recetario_dump() {
  {
    printf 'builtin cd -- %q\n' "$PWD"
    # shellcheck disable=SC2016 # for the next bash, which starts with our environment: a step may have unset some of it
    printf '%s\n' 'unset -v $(compgen -e)'
    declare -p
    shopt -p # before the functions: extglob decides how they are read
    declare -f
    declare -F # which are exported
    alias -p
    umask -p
    trap -p
  } >|"$__recetario/state.new" 2>/dev/null && printf 'dumped\n' >"$__recetario/said"
}

# What a step may not leave to the next ones: a word each, after its status.
__recetario_judge() {
  [[ $SHELLOPTS == *errexit:errtrace:*nounset:*pipefail* ]] || __recetario_said+=" options"
  [[ /proc/$$/fd/1 -ef /proc/$PPID/fd/1 && /proc/$$/fd/2 -ef /proc/$PPID/fd/3 ]] || __recetario_said+=" output"
  trap -p EXIT 2>/dev/null >|"$__recetario/trap"
  [[ $(<"$__recetario/trap") == "trap -- '__recetario_dump' EXIT" ]] || __recetario_said+=" trap"
}

# shellcheck disable=SC1091 # what the bash before kept
[ ! -e "$__recetario/state" ] || . "$__recetario/state" >/dev/null 2>&1

while :; do
  trap __recetario_dump EXIT
  set -Eeuo pipefail
  # shellcheck disable=SC1091 # the step
  . "$__recetario/cell" </dev/null
  { __recetario_said=$? && set +x; } 2>/dev/null # tracing ends with its step, or it would show these lines
  __recetario_judge
  __recetario_dump
  printf 'done %s\n' "$__recetario_said" >"$__recetario/said"
  [[ $__recetario_said != *" "* ]] || break
  IFS= read -r _ <"$__recetario/go"
done
trap - EXIT
