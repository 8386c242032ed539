# Everything a developer or a user of this clone does. `make help` lists it.
# Nothing is written outside the clone but system packages (asked for) and `make install`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

SWIFT ?= swift
PYTHON ?= python3
PREFIX ?= /usr/local
# One place decides how Swift is built; imports that go upwards are errors.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
RELEASE := -c release --static-swift-stdlib --disable-local-rpath $(SWIFT_FLAGS)
BIN := .build/release/manifold
PACKAGES := libevent-dev libyaml-dev libssl-dev libcurl4-openssl-dev libexpat1-dev libpcre2-dev \
	libjq-dev libseccomp-dev pkg-config python3-venv git
VENVS := v1 v2 fastmcp aws awsproxy
PYTEST := cd Tests/EndToEnd && ../../.venv/v2/bin/python -m pytest

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# What is needed

.PHONY: deps
deps: ## Install the system packages that are missing (asks before sudo; YES=1 does not)
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 is needed: https://www.swift.org/install" >&2; exit 1; }
	@.ci/install $(PACKAGES)

.PHONY: venv
venv: $(VENVS:%=.venv/%/.installed) ## The pinned Python environments of the tests, under .venv

.venv/%/.installed: Tests/requirements-%.txt | deps
	@echo "venv: $* ($<)"
	@rm -rf .venv/$*
	@$(PYTHON) -m venv .venv/$*
	@.venv/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The product

.PHONY: build
build: deps ## Build the release binary
	$(SWIFT) build $(RELEASE) $$(.ci/linking "$(CURDIR)/.build/static")

.PHONY: install
install: build ## Install to PREFIX/bin (default /usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(BIN) "$(DESTDIR)$(PREFIX)/bin/manifold"

.PHONY: uninstall
uninstall: ## Remove what `install` put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/manifold"

.PHONY: demo
demo: build .venv/v1/.installed ## Show servers, and then an AgentCore, behind one
	Examples/demo/demo.sh

# Tests

.PHONY: test
test: deps venv vectors test-debug test-release build ## All tests; ends with pytest's summary
	$(PYTEST)

.PHONY: vectors
vectors:
	@.ci/vectors

.PHONY: test-debug
test-debug: deps
	$(SWIFT) test $(SWIFT_FLAGS)

.PHONY: test-release
test-release: deps
	$(SWIFT) test -c release --scratch-path .build/release-tests $(SWIFT_FLAGS)

.PHONY: end-to-end
end-to-end: build venv ## Only the end-to-end tests; TESTS='-k names' chooses
	$(PYTEST) $(TESTS)

.PHONY: lint
lint: ## Formatting, as strict as it gets
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples

# Sanitizers build in scratch paths of their own: their objects do not mix with others. The workers of
# jq rules are those of a plain build: what sanitizers reserve is more than a worker may have. Leaks are
# not looked for: what only a global of Swift holds looks like one.
.PHONY: thread address fuzz docs workers
WORKERS := MANIFOLD_TEST_WORKERS="$(CURDIR)/.build/debug/manifold"
workers: deps
	$(SWIFT) build --product manifold $(SWIFT_FLAGS)

thread: workers
	$(WORKERS) TSAN_OPTIONS="suppressions=$(CURDIR)/.ci/thread.supp" \
	$(SWIFT) test --sanitize=thread --scratch-path .build/thread $(SWIFT_FLAGS)

address: workers
	$(WORKERS) ASAN_OPTIONS=detect_leaks=0 \
	$(SWIFT) test --sanitize=address --scratch-path .build/address $(SWIFT_FLAGS)

FUZZ_RUNS ?= 1000000
fuzz: deps
	Tests/Fuzz/run $(FUZZ_RUNS)

docs: build .venv/v2/.installed
	$(PYTEST) test_readme.py

.PHONY: check
check: lint test thread address fuzz docs ## Everything that must hold before a change lands
	@echo "check: all of it passed"

.PHONY: bench
bench: build venv ## Print the measurements, as ratios against programs measured in the same run
	MANIFOLD_BENCHMARKS=1 $(SWIFT) build -c release --product scanner-benchmark \
		--scratch-path .build/scanner $(SWIFT_FLAGS)
	$(PYTHON) Tests/Benchmarks/run.py $(BIN) .venv .build/scanner/release/scanner-benchmark

.PHONY: clean
clean: ## Remove what was built and installed inside the clone
	rm -rf .build .venv .cache
