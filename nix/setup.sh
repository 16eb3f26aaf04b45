#!/usr/bin/env bash
# Installs Debian's nix-bin where Nix is missing and apt may be used; with --tests, what the tests run as well.
# Always exits 0: without Nix everything renders, and whoever needs nix-build says so.
set -euo pipefail

missing=()
want() { command -v "$1" >/dev/null || missing+=("$2"); }

want nix-build nix-bin
if [ "${1-}" = --tests ]; then
  want shellcheck shellcheck
  want strace strace
  want zsh zsh
  want fish fish
  # For the bridge.
  want openssl openssl
  want redis-server redis-server
  want git git
  want curl curl
  # For the lab host.
  want systemd-nspawn systemd-container
  want pgrep procps
  [ -e /lib/systemd/system/dbus.service ] || missing+=(dbus)
  want bash-static bash-static
fi
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=(env)
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n env); fi

apt() {
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" </dev/null 2>&1
}

if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
  if log=$(apt update && apt install --yes --no-install-recommends "${missing[@]}"); then exit 0; fi
  printf '%s\n' "$log" >&2
fi

cat >&2 <<EOF
Missing: ${missing[*]}. On Debian or Ubuntu, as root: apt-get install ${missing[*]}
Nix for other systems: https://nixos.org/download (rendering works without it)
EOF
