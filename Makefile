# Lukou: the commands of the house. `make` alone lists them.
#
# Arguments for the demo and the bench go through ARGS:  make run ARGS="--seconds 60"

ARGS ?=
# In a build service the lock file is law; at a desk cargo may bring it up to date.
LOCKED := $(if $(filter true,$(CI)),--locked)

.DEFAULT_GOAL := help
.PHONY: help setup build run test soak check bench fuzz peers dist fmt clean-cache

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## fetch what this machine lacks (Debian packages, crates, ONNX Runtime, the demo video)
	@.ci/setup

# The city's programs need crates that a site does not.
CITY := --features cloud-bridge/city

build: setup ## build every program
	cargo build $(LOCKED) --release --workspace $(CITY) --bins

run: build ## run the demo junction until Ctrl-C; ARGS="--seconds 60" ends by itself
	@target/release/rsu demo $(ARGS)

test: ## run every test
	@.ci/setup test
	cargo test $(LOCKED) --release --workspace $(CITY) --no-fail-fast

SOAK ?= 20
# docs/ref/city-data.md says what they are.
SOAKED := city_outbox city_killed city_full_disk city_store city_whole city uplink
soak: ## the tests of the link to the city, SOAK times as long (half an hour)
	@.ci/setup test
	LUKOU_SOAK=$(SOAK) cargo test $(LOCKED) --release --workspace $(CITY) --no-fail-fast $(SOAKED:%=--test %)

check: ## form, house rules, licences, lints, documentation
	@.ci/setup check
	@.ci/check

bench: build ## codec speed beside codecs of others, fusion speed, then a minute of the demo with its latency figures
	@.ci/setup bench
	cargo bench $(LOCKED) --workspace --bench codec
	cargo bench $(LOCKED) --workspace --bench fusion
	@target/release/rsu codec bench
	@target/release/hil latency
	@target/release/rsu demo --seconds 60 $(ARGS)

SECONDS ?= 60
fuzz: ## fuzz the codec, each target for SECONDS (asn1/fuzz/README.md)
	@asn1/fuzz/run $(SECONDS)

RECORDING ?=
peers: build ## public trackers beside ours on RECORDING="a.mcap b.mcap", as one Markdown table (hil/peers/README.md)
	@hil/peers/setup
	@.cache/peers/bin/python hil/peers/compare $(RECORDING)

dist: setup ## build the programs for a package: link-time optimised, into target/dist
	cargo build $(LOCKED) --profile dist --workspace $(CITY) --bins

fmt: ## format the code
	cargo fmt --all

clean-cache: ## remove what setup fetched into .cache
	rm -rf .cache
