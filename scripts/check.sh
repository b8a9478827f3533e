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
for script in scripts/*.sh examples/*.sh benches/*/*.sh benches/*.sh tests/real/*.sh .ci/run; do bash -n "$script"; done
say "what the image is built of"
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
sed -n 's/^!//p' .dockerignore | xargs cp -r -t "$context"
cargo metadata --manifest-path "$context/Cargo.toml" --locked --offline --format-version 1 >/dev/null
(cd "$context" && grep -roE --include='*.rs' 'include_(str|bytes)!\("[^"]+"' crates/*/src | while IFS=: read -r file included; do
  included=${included#*\"}
  [ -f "$(dirname "$file")/${included%\"}" ] || { echo "$file includes ${included%\"}, which .dockerignore leaves out" >&2; exit 1; }
done)
echo "nothing to complain about"
