#!/usr/bin/env bash
# Holds all dependencies against deny.toml: known vulnerabilities, what is yanked, licences, where they come from. The advisories are
# fetched from the RustSec database, so this needs the network; `make test` checks licences and sources without it.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
cargo deny check
