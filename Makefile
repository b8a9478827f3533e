# One line per recipe and no logic: what needs some is in scripts/.
#
# DuckDB's C++ takes long to compile, so everything is built into one folder per user, outside of the checkout, and in
# one profile: it is compiled once per machine.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/lastword/target
export PATH := $(HOME)/.cargo/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help build demo demo-postgres test test-lake test-meltano test-switch wheel test-wheel soak fuzz check audit bench bench-peers bench-growth bench-docs docs golden setup setup-postgres

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 24

build: setup ## build the binaries tap and target
	cargo build --release --workspace --bins --examples

demo: build ## load late, doubled and shuffled records into DuckDB, twice
	scripts/demo.sh duckdb:demo/warehouse.duckdb

demo-postgres: build setup-postgres ## the same into $DEMO_POSTGRES, or a throwaway Postgres
	scripts/throwaway-postgres.sh scripts/demo.sh

test: setup-postgres ## run every test, against DuckDB and a throwaway Postgres
	scripts/test.sh

test-lake: setup-postgres ## the tests of a DuckLake, all of them with a catalog in a file and in Postgres
	LAKE_CATALOG=file cargo test --release --workspace --test suite -- ducklake:: lakes::
	LAKE_CATALOG=postgres cargo test --release --workspace --test suite -- ducklake::

test-meltano: build setup-postgres ## run a real Meltano (from PyPI) over examples/meltano, into DuckDB and Postgres
	@scripts/setup.sh meltano
	env -u DEMO_POSTGRES scripts/throwaway-postgres.sh scripts/meltano.sh

wheel: build ## make a wheel with both binaries, for pip and for Meltano's pip_url
	@scripts/setup.sh wheel
	scripts/wheel.sh build

test-wheel: wheel ## install the wheel into a fresh environment, and load with it
	@scripts/setup.sh meltano
	scripts/wheel.sh test

soak: setup-postgres ## break loads over and over, and make up streams: SOAK=20 times as often as `make test`
	SOAK=$${SOAK:-20} cargo test --release --workspace --test suite -- faults:: model:: pure:: roundtrip:: hostile:: --nocapture

fuzz: setup ## make up inputs that break the loader: FUZZ=60 seconds for each of four targets
	@scripts/setup.sh fuzz
	scripts/fuzz.sh

check: setup ## formatting, lints, a build without destinations, rustdoc
	scripts/check.sh

audit: setup ## dependencies: known vulnerabilities, licences, sources (cargo-deny, from the network)
	scripts/audit.sh

bench: build setup-postgres ## measure loads beside what the database needs by itself
	@scripts/setup.sh bench
	scripts/bench.sh

bench-peers: build setup-postgres ## run other loaders over the same records, and check their tables
	@scripts/setup.sh peers
	scripts/bench-peers.sh

bench-growth: build setup-postgres ## measure how the cost of a batch grows with its table
	@scripts/setup.sh bench
	scripts/bench-growth.sh

test-switch: build setup-postgres ## go on where other loaders left off, in their tables and with their settings
	@scripts/setup.sh peers
	scripts/switch.sh

bench-docs: ## make docs/benchmarks.md of what was measured last
	@scripts/setup.sh peers
	python3 benches/page.py

docs: setup ## build the documentation of the code
	cargo doc --release --workspace --no-deps

golden: build setup-postgres ## rewrite the golden files and the generated pages; then read the diff
	UPDATE_GOLDEN=1 cargo test --release --workspace --test suite -- golden:: sql:: settings_page:: types_page:: plugin::

setup:
	@scripts/setup.sh

setup-postgres: setup
	@scripts/setup.sh postgres
