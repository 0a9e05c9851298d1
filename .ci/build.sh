# Building what is served, each part only when one of its inputs changed. Needs lib.sh and install.sh.
# shellcheck shell=bash

# The whole of what the browser gets: the WebAssembly module, its glue and the styles, by Trunk, plus public/ as it is.
# `release` is what users get (optimised, wasm-opt, compressed copies); `dev` is for a quick edit loop.
build_site() { # release|dev
    local kind=$1 site
    site="$ROOT/$(site_of "$kind")"
    local -a inputs=(app frontend style index.html Trunk.toml Cargo.toml Cargo.lock .cargo/config.toml .ci/install.sh .ci/bundle-css)
    if changed_since "$site/.built" "${inputs[@]/#/$ROOT/}"; then
        ensure_frontend_tools
        say "   compiling for the browser (trunk, $kind)"
        mkdir -p "$site"
        touch "$site/.building" # files that change from here on count as changed
        quietly "trunk-$kind" run_trunk "$kind" "$site/pkg"
        rm -f "$site/pkg/index.html" # the page Trunk makes; the server renders the real one
        if [ "$kind" = release ]; then node "$ROOT/.ci/compress.mjs" "$site/pkg" || die "compressing failed"; fi
        mv "$site/.building" "$site/.built"
    else
        say "   the browser's part is up to date"
    fi
    copy_public "$site"
}
site_of() { if [ "$1" = dev ]; then echo target/site-dev; else echo target/site; fi; }

run_trunk() { # release|dev DIST
    cd "$ROOT" || return
    local -a options=(--dist "$2" --skip-version-check)
    [ "$1" = dev ] || options+=(--release)
    # NO_COLOR=1, as some set it, is not a value Trunk takes.
    env -u NO_COLOR trunk build "${options[@]}"
}

# public/ is served from the root of the site.
copy_public() { # SITE
    [ -d "$ROOT/public" ] && changed_since "$1/.public" "$ROOT/public" || return 0
    find "$1" -mindepth 1 -maxdepth 1 ! -name pkg ! -name '.built' -exec rm -rf {} +
    cp -R "$ROOT/public/." "$1/"
    if [ "$1" = "$ROOT/target/site" ]; then node "$ROOT/.ci/compress.mjs" "$1"; fi
    touch "$1/.public"
}

# "812 kB, 190 kB with brotli": the module's size, for the reader.
module_size() { # SITE
    local raw="$1/pkg/frontend_bg.wasm"
    printf '%s kB' "$(($(stat -c %s "$raw") / 1000))"
    [ ! -e "$raw.br" ] || printf ', %s kB with brotli' "$(($(stat -c %s "$raw.br") / 1000))"
}
