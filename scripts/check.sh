#!/usr/bin/env bash
# Everything that can be said of the code without running it. A warning is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

say "formatting"
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check
say "lints"
cargo clippy --release --workspace --all-targets -- -D warnings
say "the core without any destination"
cargo clippy --release -p target --no-default-features -- -D warnings
say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps
say "shell scripts"
for script in scripts/*.sh benches/*/*.sh benches/*.sh tests/real/*.sh .ci/run; do bash -n "$script"; done
echo "nothing to complain about"
