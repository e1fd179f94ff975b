# What ./run, ./test and Benchmarks/run share: finding Swift, installing what is missing, building once.
# Sourced by bash with `root` set to the repository's folder.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The oldest Swift that the sources compile with.
swift_major=6
swift_minor=3

# Prints nothing; true when the Swift named is new enough.
swift_is_new_enough() {
    local text
    text=$("$1" --version 2>/dev/null) || return 1
    [[ $text =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || return 1
    ((BASH_REMATCH[1] > swift_major || (BASH_REMATCH[1] == swift_major && BASH_REMATCH[2] >= swift_minor)))
}

# Puts a Swift that is new enough on PATH, or explains how to get one and exits.
need_swift() {
    local candidate seen=""
    for candidate in "$(command -v swift || true)" /opt/swift/usr/bin/swift "${SWIFTLY_BIN_DIR:-/nonexistent}/swift" \
        "$HOME/.swiftly/bin/swift" "$HOME/.local/share/swiftly/bin/swift" "$HOME/swift/usr/bin/swift" \
        /usr/local/swift/usr/bin/swift /usr/share/swift/usr/bin/swift /usr/libexec/swift/bin/swift; do
        [[ -n $candidate && -x $candidate ]] || continue
        if swift_is_new_enough "$candidate"; then
            PATH="$(dirname "$candidate"):$PATH"
            export PATH
            return
        fi
        seen+="  $candidate is $("$candidate" --version 2>/dev/null | head -n 1 || true)"$'\n'
    done
    say "Martlet is written in Swift $swift_major.$swift_minor, which is not on this machine."
    [[ -z $seen ]] || printf 'Found, but too old or broken:\n%s' "$seen" >&2
    say "
Install it in one of two ways, then start this again:
  swiftly, the toolchain manager:    https://www.swift.org/install/linux/swiftly/
  the archive for $(os_name) on $(uname -m), unpacked so that /opt/swift/usr/bin/swift exists:
                                     https://www.swift.org/install/linux/"
    exit 1
}

os_name() {
    (. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME:-Linux}") || printf Linux
}

# packages GROUP...: the names of those groups in scripts/packages.txt.
packages() {
    local group name wanted=" $* "
    while read -r group name; do
        [[ $wanted == *" $group "* ]] && printf '%s\n' "$name"
    done < <(grep -v -e '^#' -e '^[[:space:]]*$' "$root/scripts/packages.txt")
    return 0
}

# need_packages GROUP...: installs what is missing of those groups, or says what is missing and exits.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is not Debian: make sure that what these packages bring is installed: $(packages "$@" | xargs)"
        return
    fi
    local installed name
    local -a missing=()
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
    while read -r name; do
        grep -qxF -- "$name" <<<"$installed" || missing+=("$name")
    done < <(packages "$@")
    ((${#missing[@]})) || return 0

    local -a as_root=()
    local command="apt-get install --no-install-recommends ${missing[*]}"
    if ((EUID != 0)); then
        # Without a terminal nobody can type a password, so sudo must not ask for one.
        if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
            fail "These Debian packages are missing, and installing them needs root. As root, run:
  $command"
        fi
        as_root=(sudo)
        [[ -t 0 ]] || as_root=(sudo -n)
    fi
    say "Installing from Debian: ${missing[*]}"
    # RUNLEVEL=1: a server among them (mosquitto, haproxy) is installed, not started.
    local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -o DPkg::Lock::Timeout=600)
    mkdir -p "$root/build/logs"
    local log="$root/build/logs/apt.log"
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "
Installing failed (the whole log: $log). What is missing: ${missing[*]}
Install it by hand, then start this again:
  $command"
    fi
}

# need_venv NAME REQUIREMENTS: a Python environment at build/NAME with exactly the packages pinned in REQUIREMENTS.
need_venv() {
    local venv="$root/build/$1" requirements="$2"
    if [[ -x $venv/bin/python ]] && cmp -s "$requirements" "$venv/requirements.txt"; then return; fi
    say "Installing from PyPI into build/$1: $(grep -v '^#' "$requirements" | xargs)"
    mkdir -p "$root/build/logs"
    local log="$root/build/logs/pip-$1.log" python=/usr/bin/python3
    [[ -x $python ]] || python=$(command -v python3)
    rm -rf "$venv"
    if ! { "$python" -m venv "$venv" \
        && "$venv/bin/pip" install --disable-pip-version-check -q -r "$requirements"; } </dev/null >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        fail "
Could not make the Python environment build/$1 (the whole log: $log).
It needs python3, python3-venv and these packages from PyPI: $(grep -v '^#' "$requirements" | xargs)"
    fi
    cp "$requirements" "$venv/requirements.txt"
}

# The pages' third-party parts (pinned by SHA-256), fetched once.
need_web_parts() {
    [[ -x $root/scripts/fetch-web ]] || return 0
    "$root/scripts/fetch-web" >/dev/null || fail "Could not fetch the pages' parts: see above."
}

binary="$root/.build/release/martlet"

# build_is_current STAMP PATH...: true when nothing under the paths (a deleted file changes its folder) is newer than the
# stamp of the last build. `swift build` would find the same in seconds; this takes milliseconds.
build_is_current() {
    local stamp="$root/.build/$1"
    shift
    [[ -x $binary && -e $stamp ]] || return 1
    [[ -z $(cd "$root" && find "$@" -newer "$stamp" -print -quit) ]]
}

# build STAMP PATH... -- ARGUMENTS of swift build: an optimised build, skipped when it is current.
build() {
    local stamp="$1"
    local -a paths=()
    shift
    while [[ $1 != -- ]]; do paths+=("$1"); shift; done
    shift
    build_is_current "$stamp" "${paths[@]}" && return
    need_swift
    mkdir -p "$root/.build"
    # Made before the build, so that a source saved meanwhile counts as newer.
    touch "$root/.build/$stamp.new"
    (cd "$root" && swift build -c release "$@") || return 1
    mv "$root/.build/$stamp.new" "$root/.build/$stamp"
}

build_martlet() {
    build martlet.stamp Package.swift Sources -- --product martlet
}

build_everything() {
    build tests.stamp Package.swift Sources Examples Tests/*Tests -- --build-tests || return 1
    touch -r "$root/.build/tests.stamp" "$root/.build/martlet.stamp"
}
