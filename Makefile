# Two commands: `make run` serves everything with demo data, `make test` proves it.
# Both need python3 (3.11 or newer) and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin/python
PIP := $(BIN) -m pip --disable-pip-version-check
PIP_WHEEL := $(wildcard requirements/bootstrap/pip-*.whl)
ARGS ?=

.PHONY: install install-dev run test bench chromium lock clean

install: $(VENV)/base.stamp

run: install
	$(BIN) manage.py up $(ARGS)

# `make test ARGS="tests/clients -k search"` runs only pytest, with these arguments.
test: install-dev chromium
	@$(BIN) -m tests.run $(ARGS)

# `make bench ARGS=fan_out` prints one figure, without ARGS all: see benchmarks/README.md.
bench: $(VENV)/dev.stamp $(VENV)/bench.stamp
	@$(BIN) -m benchmarks.run $(ARGS)

install-dev: $(VENV)/dev.stamp

# Debian's python3 comes without ensurepip and pip, so pip's own wheel is in the repository;
# the checksum beside it is checked before the wheel is run.
$(BIN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Smart Steps needs Python 3.11 or newer; name one with make PYTHON=…'; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv --without-pip $(VENV)
	cd requirements/bootstrap && sha256sum --check --quiet SHA256SUMS
	$(BIN) $(PIP_WHEEL)/pip --disable-pip-version-check install --quiet --no-index $(PIP_WHEEL)

# Byte code is written at the first import instead: only a third of it is ever needed.
$(VENV)/%.stamp: requirements/%.txt | $(BIN)
	@echo "Installing $<…"
	@$(PIP) install -qq --require-hashes --no-deps --no-compile --only-binary :all: -r $<
	@touch $@

# The browser tests use Debian's Chromium, at a quarter of the cost without its windows; without
# either they are skipped, with a line that says so.
chromium:
	@if ! command -v chromium-headless-shell >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  export DEBIAN_FRONTEND=noninteractive; get="apt-get -qq -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10"; \
	  $$get update && { $$get install -y --no-install-recommends chromium-headless-shell \
	      || $$get install -y --no-install-recommends chromium; } >/dev/null \
	    || command -v chromium >/dev/null; \
	fi

# Needs uv. Writes the pins of pyproject.toml and of all they pull in, with hashes.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' pyproject.toml --group dev \
	  --constraint requirements/base.txt -o requirements/dev.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' pyproject.toml --group dev --group bench \
	  --constraint requirements/dev.txt -o requirements/bench.txt

clean:
	rm -rf $(VENV)
