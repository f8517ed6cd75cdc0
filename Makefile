# Two commands: `make demo` shows the mirror, `make test` proves it. Both install what they need.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Tools and build caches live outside the clone, so that the next clone is quick.
export DUPLEX_CACHE ?= $(HOME)/.cache/duplex
export CARGO_TARGET_DIR ?= $(DUPLEX_CACHE)/target
export PATH := $(DUPLEX_CACHE)/tools/bin:$(PATH)

TOOLS := tests/tools
ARGS ?=
NEXTEST := cargo nextest run --workspace --exclude duplex-wasm

.PHONY: help demo browser screenshots bench-page page-test test check fmt clippy deny doc types ui web wasm wasm-check wasm-test bins nextest client demo-once soak storm mutants fuzz

help:
	@echo 'make demo              start two Jira twins and Duplex, play the scenario, stay up'
	@echo 'make demo ARGS=--once  the same, and end after the transcript'
	@echo 'make test              every check and proof'
	@echo 'make check             fmt, clippy, cargo-deny, doc'
	@echo 'make ui                build the admin page, which the server embeds'
	@echo 'make web               install the scripts with which the twin frames apps'
	@echo 'make types             write the page'\''s TypeScript types anew from the Rust ones'
	@echo 'make wasm              build the core for the admin page'
	@echo 'make browser           click through the guide and look at every screen in a browser'
	@echo 'make screenshots       the same screens, as the pictures that README shows'
	@echo 'make bench-page        how quick the admin page is, and how large'
	@echo 'make storm SEEDS=10000 so many seeded storms in one process; ARGS=--alone: each fault alone'
	@echo 'make mutants           after how many seeds each deliberate bug is caught'
	@echo 'make fuzz SECONDS=600  made-up input for each target, so long each; ARGS="adf qsh": only these'
	@echo 'make soak              fifty runs per store of the kill-and-restart proof'

demo: ui web
	cargo build --quiet -p duplex-server -p jira-twin -p duplex-tests --bins
	cargo run --quiet -p duplex-tests --bin demo -- $(ARGS)

test: check wasm-check wasm-test page-test nextest client demo-once browser

check: fmt clippy deny doc

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets --quiet -- -D warnings

deny:
	$(TOOLS)/cargo-tool.sh cargo-deny 0.20
	$(TOOLS)/deny.sh

doc:
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --quiet

# The page's types, written anew from ours; a test holds them to it.
types:
	DUPLEX_TYPES=write cargo test --quiet -p duplex-tests --test types

# The core for the page, as WebAssembly. Nothing is done where nothing changed.
wasm:
	$(TOOLS)/wasm-pack.sh

# The page in manifest/ui/dist/.
ui: wasm
	$(TOOLS)/ui.sh

# What needs no browser: the page's rules of style, its types and its unit tests.
page-test: ui
	cd manifest/ui && npm run --silent lint && npm run --silent typecheck && npm run --silent test

# Connect's own scripts, with which the twin frames apps.
web:
	$(TOOLS)/npm.sh tests/twin/web

# The guide and every screen, click for click in Debian's Chromium.
browser: bins web
	$(TOOLS)/browser.sh test --grep-invert @bench

# The pictures that README shows, and those of every screen in /screenshots/.
screenshots: bins web
	$(TOOLS)/browser.sh test screens demo
	cp screenshots/{comments,issue,request,demo}-light.png tests/browser/pictures/

# From navigation to the first row of the list, and the size of all that is loaded until a configuration is open.
bench-page: ui web
	cargo build --quiet --release -p duplex-server -p jira-twin -p duplex-tests --bins
	PROFILE=release $(TOOLS)/browser.sh test --grep @bench

# The core as the browser's target sees it, alone: a workspace build would unify features.
wasm-check:
	$(TOOLS)/wasm.sh cargo check --quiet -p duplex-core

# Every function that the page calls, in Node; and whether the module is small enough.
wasm-test: wasm
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner $(TOOLS)/wasm.sh cargo test -p duplex-wasm --test node

# Storms run the server and the twin as processes; the server is built with its crash points, as the tests ask.
bins: ui web
	cargo build --quiet -p duplex-server -p jira-twin -p duplex-tests --bins

nextest: bins
	$(TOOLS)/postgres.sh $(NEXTEST) $(ARGS)

# A published client library, unchanged, against the twin.
client:
	$(TOOLS)/client.sh

demo-once: ui web
	cargo build --quiet -p duplex-server -p jira-twin -p duplex-tests --bins
	$(TOOLS)/demo.sh

SEEDS ?= 1000
STORM := cargo run --quiet --profile storm -p duplex-tests --bin storm

storm:
	$(STORM) -- --seeds $(SEEDS) $(ARGS)

mutants:
	$(STORM) --features mutants -- --mutants --seeds $(SEEDS) $(ARGS)

soak: bins
	DUPLEX_STORM_RUNS=50 $(TOOLS)/postgres.sh $(NEXTEST) --test storms -j 4 --no-fail-fast

SECONDS ?= 600

# LLVM's fuzzer is C++.
fuzz:
	$(TOOLS)/apt.sh c++ g++
	$(TOOLS)/cargo-tool.sh cargo-fuzz 0.13
	$(TOOLS)/fuzz.sh $(SECONDS) $(ARGS)
