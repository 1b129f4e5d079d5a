# credwatch: `make` alone prints the targets.
SWIFT ?= swift
BUILD_PATH ?= .build
STRICT = --explicit-target-dependency-import-check error
# Swift's own runtime goes into the binary whole, with the C++ library that it is written in; what the
# distribution patches (curl, OpenSSL, systemd) stays shared.
STATIC = $(abspath $(BUILD_PATH))/static
RELEASE = -c release --static-swift-stdlib --scratch-path $(BUILD_PATH) -Xswiftc -L$(STATIC) \
	-Xswiftc -DFOUNDATION_STAND_IN -Xswiftc -enforce-exclusivity=unchecked -Xswiftc -cross-module-optimization
# The cases and the script that drives a program through them; they are no part of this project.
CONFORMANCE ?= $(abspath ../shared/conformance)

.PHONY: help
help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: dependencies ## a failover from beginning to end, in half a minute, without an AWS account
	@packaging/demo/build "$(SWIFT)" "$(BUILD_PATH)"
	@packaging/demo/demo "$(BUILD_PATH)/debug"

.PHONY: test
test: dependencies-test ## all tests
	$(SWIFT) build --build-tests --scratch-path $(BUILD_PATH) $(STRICT)
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16 $(SWIFT) test --skip-build --scratch-path $(BUILD_PATH) --skip '^SystemTests\.'
	@# What the built programs do in time is not measured beside what keeps every core busy.
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 $(SWIFT) test --skip-build --scratch-path $(BUILD_PATH) --filter '^SystemTests\.'

.PHONY: build
build: dependencies ## the release binary, .build/release/credwatch
	@mkdir -p $(STATIC) && ln -sf "$$(gcc -print-file-name=libstdc++.a || clang -print-file-name=libstdc++.a)" $(STATIC)/libstdc++.a
	$(SWIFT) build $(RELEASE) --product credwatch

.PHONY: deb
deb: build ## the Debian package, .build/deb/credwatch_VERSION_amd64.deb
	@packaging/dependencies deb
	@packaging/deb $(BUILD_PATH)/release/credwatch $(BUILD_PATH)/deb

.PHONY: system-test
system-test: deb ## install the package in a booted Debian guest, and prove there what it does
	@packaging/dependencies system-test
	$(SWIFT) build --scratch-path $(BUILD_PATH) $(STRICT) --product credwatch-sandbox
	@BUILD_PATH="$(BUILD_PATH)" Tests/System/run

.PHONY: check
check: lint test ## everything that must pass: format, strict build, tests

.PHONY: lint
lint: ## the format of the sources
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

.PHONY: format
format: ## bring the sources into the format
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

.PHONY: bench
bench: build ## measure against C, boto3, curl and the AWS CLI (about 10 minutes)
	@packaging/dependencies bench
	Tests/Bench/run --markdown .build/bench.md --json .build/bench.json

.PHONY: fuzz
fuzz: dependencies ## a minute of fuzzing for all that reads bytes of others (the build comes on top)
	@SWIFT="$(SWIFT)" BUILD_PATH="$(BUILD_PATH)" Tests/Fuzz/run

.PHONY: conformance conformance-run
conformance: ## compare with the AWS SDKs by their own cases, where these are
	@if [ -d "$(CONFORMANCE)" ]; then $(MAKE) --no-print-directory conformance-run; \
	else echo "conformance: there is no $(CONFORMANCE), so there is nothing to compare with."; fi
conformance-run: build
	@packaging/dependencies conformance
	$(SWIFT) build --build-tests --scratch-path $(BUILD_PATH) $(STRICT)
	@rm -f "$(BUILD_PATH)/conformance.txt"
	CREDWATCH_CONFORMANCE="$(CONFORMANCE)" CREDWATCH_CONFORMANCE_RESULTS="$(abspath $(BUILD_PATH))/conformance.txt" \
		$(SWIFT) test --skip-build --scratch-path $(BUILD_PATH) --filter ConformanceTests
	@Tests/Conformance/run "$(CONFORMANCE)" "$(BUILD_PATH)/release/credwatch" "$(BUILD_PATH)/conformance.txt"

.PHONY: dependencies dependencies-test
dependencies:
	@packaging/dependencies build
dependencies-test:
	@packaging/dependencies test

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD_PATH)
