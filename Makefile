# `make help` says what there is. Nothing but Go and make is needed to build and to run.

GO          ?= go
BENCHSTAT   := golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# A binary that needs no C library and that is the same wherever it is built.
export CGO_ENABLED := 0
BUILD_FLAGS := -trimpath -buildvcs=false -ldflags "-s -w"

.DEFAULT_GOAL := help
.PHONY: help build run test browser lint bench bundle clean

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/entente
	$(GO) build $(BUILD_FLAGS) -o bin/entente ./cmd/entente

run: build ## simulate the built-in baseline; the report is out/baseline/report.html (more flags: make run ARGS="-n 10000")
	./bin/entente run $(ARGS)

test: browser ## vet and run all tests; the report is opened in Chromium
	$(GO) vet ./...
	$(GO) test ./...

# The report is tested in a real browser: a test that skips itself where there is none has tested
# nothing. Installed here only for root on Debian and its kin, as on a fresh machine for checks.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then \
		:; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && \
		apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends chromium fonts-liberation; \
	else \
		echo "The tests open the report in Chromium, which is not here. Install the package \"chromium\"" >&2; \
		echo "(Debian: sudo apt-get install chromium; Fedora: sudo dnf install chromium; macOS: brew install chromium)" >&2; \
		echo "and run make test again." >&2; \
		exit 1; \
	fi

lint: ## gofmt, go vet and staticcheck
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "gofmt -w these:"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

bench: ## measure the engine six times and compare with the stored figures (sim/SPEED.md says what they mean)
	@mkdir -p out
	$(GO) test ./sim -run '^$$' -bench . -benchmem -count 6 -timeout 30m | tee out/bench.txt
	$(GO) run $(BENCHSTAT) stored=sim/testdata/bench.txt here=out/bench.txt

bundle: ## make the report's JavaScript bundle again
	./reports/assets/bundle.sh

clean: ## remove what was built and what runs have written
	rm -rf bin out
