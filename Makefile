# What people type. `make demo` and `make test` need a Swift 6.2+ toolchain and nothing else.
PREFIX ?= /usr/local
SWIFT ?= swift
REPRO = .build/release/repro

.PHONY: demo build test check studies kernels kernels-arm64 debug sanitize address undefined thread thread-engine everywhere format lint golden bench install clean packages

demo: build
	@$(REPRO) run pipelines/quickstart.yaml
	@echo '  nothing is computed twice   $(REPRO) run pipelines/quickstart.yaml'
	@echo '  what would change, and why  $(REPRO) plan pipelines/quickstart.yaml --set noise.rate=0.3'

build: packages
	$(SWIFT) build -c release --product repro

test: packages
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build

check: lint test kernels debug

# The C kernels at every optimisation level, under the sanitizers, against one golden table; for arm64
# too where its compiler (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross) and qemu-user are.
kernels: packages
	Tests/check-kernels.sh

kernels-arm64:
	Tests/check-kernels.sh --arm64

# The arithmetic and its tests in a build of their own: debug; each sanitizer; and, for an hour or two, the golden
# trainings in debug, every step of them on every path with every number of threads in release, and the
# functions' errors over all floats.
ARITHMETIC = REPRO_ARITHMETIC_ONLY=1 $(SWIFT)
OPERATIONS = --filter 'CKernelsTests|TensorsTests'
SANITIZED = -c release --scratch-path .build/$@ $(SANITIZER)
address thread: SANITIZER = --sanitize=$@
# Swift has no runtime for this one: what is undefined in C traps.
undefined: SANITIZER = -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined

debug: packages
	$(ARITHMETIC) build --scratch-path .build/arithmetic --build-tests
	$(ARITHMETIC) test --scratch-path .build/arithmetic --skip-build $(OPERATIONS)

sanitize: address undefined thread

address undefined thread: packages
	$(ARITHMETIC) build $(SANITIZED) --build-tests
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread-sanitizer.supp \
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leak-sanitizer.supp \
	  $(ARITHMETIC) test $(SANITIZED) --skip-build $(OPERATIONS)

# The engine, the store and the commands with the thread sanitizer at all of them; nothing here trains, so that a debug
# build will do. Libraries that are loaded before the sanitizer's own do not go with it, nor do limits of time.
WATCHED = 'EngineTests|StoreTests|CommandStageTests|ConcurrentRunTests|CacheCommandTests|CollectionTests'
thread-engine: packages
	$(SWIFT) build --scratch-path .build/$@ --sanitize=thread --build-tests
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread-sanitizer.supp $(SWIFT) test --scratch-path .build/$@ \
	  --sanitize=thread --skip-build --filter $(WATCHED) --skip 'FaultTests|PowerCutTests|FullDiskTests|DiskImageTests|ScaleTests'

everywhere: debug
	$(ARITHMETIC) test --scratch-path .build/arithmetic --skip-build --filter 'TrainingGoldenTests'
	REPRO_EVERY_STEP=1 $(SWIFT) test -c release --filter TrainingGoldenTests
	Tests/check-kernels.sh --accuracy

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests benchmarks examples

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests benchmarks examples

golden: packages
	REPRO_WRITE_GOLDEN=1 $(SWIFT) test -c release

# Every study of the chapter at seeds 1 to 3 in one table, reports/studies.md, and a page each; every run is executed again and
# compared. Two hours on two cores. DATA is a folder with the data sets; without it they are downloaded.
studies: build
	mkdir -p reports
	benchmarks/studies/run --rerun all $(if $(DATA),--data $(DATA)) --report reports >reports/studies.md

# What is installed carries Swift's libraries in itself: it runs where there is no Swift, and starts in half the time.
STATIC = .build/static
install: packages
	$(SWIFT) build -c release --product repro --scratch-path $(STATIC) --static-swift-stdlib -Xlinker -s
	install -d $(PREFIX)/bin $(PREFIX)/share/bash-completion/completions \
	  $(PREFIX)/share/zsh/site-functions $(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(STATIC)/release/repro $(PREFIX)/bin/repro
	$(STATIC)/release/repro --generate-completion-script bash > $(PREFIX)/share/bash-completion/completions/repro
	$(STATIC)/release/repro --generate-completion-script zsh > $(PREFIX)/share/zsh/site-functions/_repro
	$(STATIC)/release/repro --generate-completion-script fish > $(PREFIX)/share/fish/vendor_completions.d/repro.fish

clean:
	rm -rf .build

# Debian and Ubuntu: installs what is missing. Elsewhere: names it.
packages:
	@./packages.sh
