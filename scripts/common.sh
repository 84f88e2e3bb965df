# What the scripts have in common; sourced, not run. They start from nothing but Debian 12, git and this checkout.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

build_packages='gcc libc6-dev meson ninja-build pkg-config python3 libcurl4-openssl-dev libcjson-dev libuv1-dev libssl-dev
libyaml-dev libhttp-parser-dev libmicrohttpd-dev check ca-certificates'

say() {
	printf '\n== %s\n' "$*"
}

die() {
	printf '%s: %s\n' "$0" "$*" >&2
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo --preserve-env=DEBIAN_FRONTEND "$@"
	else
		die "packages are missing and this is neither root nor a user with sudo: $*"
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs those of the named packages that are not there. The list of packages is fetched only when one is missing.
need_packages() {
	missing=
	for package in "$@"; do
		is_installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "installing$missing"
	as_root apt-get update -q
	# shellcheck disable=SC2086 # a list of words
	as_root apt-get install -q -y --no-install-recommends $missing
}

# configure DIRECTORY OPTION…: sets a build directory up, or brings it up to date.
configure() {
	directory=$1
	shift
	if [ -f "$directory/build.ninja" ]; then
		meson configure "$directory" "$@"
	else
		meson setup "$directory" "$top" "$@"
	fi
}
