#!/usr/bin/env bash
# Runs a command with a container engine: Docker if one answers, else podman, as root on Debian.
#
#   container_tests/engine.sh COMMAND...
#
# The command finds the engine in ENGINE (a program) and DOCKER_HOST, and in BASE_IMAGE the base to
# build on, empty for the Dockerfile's own. Where there is no engine, the command is not run, and
# that is said loudly; REQUIRE_ENGINE=1 makes it an error.
set -euo pipefail

WORK=${CONTAINER_WORK:-/var/tmp/source-kaltura-rooms-containers}
LOCAL_BASE=localhost/python-connector-base:test

main() {
  if docker info >/dev/null 2>&1; then
    export ENGINE=docker BASE_IMAGE=${BASE_IMAGE:-}
    exec "$@"
  fi
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    not_run "no Docker engine answers, and podman is only set up by root on Debian"
  fi
  set_up_podman || not_run "podman could not be set up"
  start_service
  export ENGINE=podman BASE_IMAGE=$LOCAL_BASE
  "$@"
}

not_run() {
  printf '\n%s\n%s\n%s\n\n' \
    "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" \
    "!!! THE IMAGE WAS NOT TESTED: $1." \
    "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" >&2
  exit "${REQUIRE_ENGINE:-0}"
}

set_up_podman() {
  mkdir -p "$WORK"
  write_configuration
  export CONTAINERS_CONF=$WORK/containers.conf CONTAINERS_STORAGE_CONF=$WORK/storage.conf
  export BUILDAH_ISOLATION=chroot
  install_packages && make_base
}

install_packages() {
  local missing=()
  for program in podman buildah runc mmdebstrap; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] && return 0
  # It runs where an exit status is looked at, so `set -e` does not hold in here.
  apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

write_configuration() {
  # Sharing the host's network lets containers reach 127.0.0.1 and leaves no bridge behind. The other
  # settings are what podman needs where it is root inside a container or small virtual machine.
  cat >"$WORK/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
  cat >"$WORK/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$WORK/store"
runroot = "$WORK/run"
CONF
}

# Stands in for Airbyte's base where no registry can be reached: Debian's Python and the same user.
make_base() {
  podman image exists "$LOCAL_BASE" && return 0
  mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates \
    --customize-hook='rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED
      chroot "$1" adduser --quiet --uid 1000 --system --group --no-create-home airbyte
      install -d -o 1000 -g 1000 "$1"/airbyte "$1"/config "$1"/secrets
      # The build installs from where this machine does, so it must trust whom this machine trusts.
      cp -L /etc/ssl/certs/ca-certificates.crt "$1"/etc/ssl/certs/
      printf "[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n" >"$1"/etc/pip.conf' \
    bookworm "$WORK/base.tar" &&
    podman import --quiet --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "$WORK/base.tar" "$LOCAL_BASE" &&
    rm "$WORK/base.tar"
}

start_service() {
  local socket=$WORK/podman.sock
  rm -f "$socket"
  # In a folder of its own, for its containers leave a note there when they run out of memory.
  (cd "$WORK" && exec podman system service --time 0 "unix://$socket") &
  SERVICE=$!
  trap 'kill "$SERVICE"' EXIT
  for _ in $(seq 100); do
    [ -S "$socket" ] && break
    sleep 0.1
  done
  export DOCKER_HOST=unix://$socket
}

main "$@"
