# Everything that is done with Gerbang. `make` lists it.

SHELL := /bin/bash
# This folder, whatever its name: make would split it at a space, so only the shell handles it.
export HERE := $(shell file='$(subst ','\'',$(MAKEFILE_LIST))'; cd "$$(dirname "$${file# }")" && pwd)
# Any Python starts the setup, which then looks for the fastest that suits.
ANY   := $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,$(shell command -v $(name) >/dev/null && echo $(name))))
# What the tests need besides, each in a folder of its own.
TOOLS := clients portal browser graphiql pooler debian-postgres valkey prometheus softhsm scanner
ARGS  ?=
# What Python compiles is kept, whatever the machine says: a hundred programs that the tests start
# would each compile two thousand modules.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo setup test check graphiql plotly snapshots tools proof cluster bench docs release audit lock clean browser pooler debian-postgres clock valkey prometheus softhsm scanner clients portal lighthouse patroni

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' "$$HERE/Makefile"

demo: setup  ## Set up, start everything and show the figures (ARGS='--check' runs it once)
	@"$$HERE/.venv/bin/gerbang" demo $(ARGS)

setup:  ## Make .venv from the fastest Python here and requirements.lock
	@test -n "$(ANY)" || { echo "Gerbang needs Python 3.11 or newer"; exit 1; }
	@$(ANY) "$$HERE/deploy/setup"

test: setup  ## Set up and pass the tests (ARGS='-k name' chooses)
	@$(MAKE) --no-print-directory --jobs=2 --file="$$HERE/Makefile" tools
	@cd "$$HERE" && .venv/bin/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

tools: $(TOOLS)  ## Unpack what the tests need besides: `make test` does, too

check: setup  ## Format, lint, what is half done, types, import contracts, generated files
	@cd "$$HERE" && .venv/bin/python -m checks.parts

graphiql: setup  ## Bundle GraphiQL, which the development gateway then serves at /graphql
	@cd "$$HERE" && .venv/bin/python deploy/setup/graphiql.py

plotly: setup  ## Bundle Plotly anew with the traces of deploy/plotly/build.mjs
	@cd "$$HERE" && .venv/bin/python deploy/setup/plotly.py

snapshots: setup  ## Write the generated files anew
	@cd "$$HERE" && .venv/bin/gerbang snapshots
	@cd "$$HERE" && .venv/bin/python -m tests.snapshots

proof: setup  ## The tests that take long, in parts (ARGS=--list shows them)
	@$(MAKE) --no-print-directory --jobs=2 --file="$$HERE/Makefile" $(TOOLS) clock lighthouse patroni
	@cd "$$HERE" && .venv/bin/python -m tests.proof $(ARGS)

cluster:  ## Lose each host of a cluster in turn, under load: Patroni, HAProxy, three gateways
	@$(MAKE) --no-print-directory --file="$$HERE/Makefile" proof ARGS=cluster

bench: setup  ## Measure
	@cd "$$HERE" && .venv/bin/python -m bench $(ARGS)

docs: setup  ## Build the site of the documentation, with a search, into build/docs
	@cd "$$HERE" && .venv/bin/python deploy/setup/docs.py

release: setup  ## Build wheels, a bill of materials and licences into dist/, and try them
	@cd "$$HERE" && .venv/bin/python deploy/setup/release.py

audit: setup  ## Look up what the lock files pin among known vulnerabilities
	@cd "$$HERE" && .venv/bin/python deploy/setup/audit.py

lock: setup  ## Write requirements.lock anew from pyproject.toml
	@cd "$$HERE" && UV_SYSTEM_CERTS=1 .tools/uv/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --extra demo --extra pkcs11 --extra traces --group dev pyproject.toml \
		--custom-compile-command "make lock" --output-file requirements.lock
	@cd "$$HERE" && UV_SYSTEM_CERTS=1 .tools/uv/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --group release \
		--custom-compile-command "make lock" --output-file deploy/setup/release.txt
	@cd "$$HERE" && UV_SYSTEM_CERTS=1 .tools/uv/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --group docs \
		--custom-compile-command "make lock" --output-file deploy/setup/docs.txt

clean:  ## Remove what setting up and the demo made
	cd "$$HERE" && rm -rf .venv .tools .gerbang node_modules build

browser: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/browser.py

clients: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/clients.py

portal: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/portal.py

lighthouse: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/lighthouse.py

pooler: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/pooler.py

patroni: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/patroni.py

clock: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/clock.py

debian-postgres: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/debian_postgres.py

valkey: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/valkey.py

prometheus: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/prometheus.py

softhsm: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/softhsm.py

scanner: setup
	@cd "$$HERE" && .venv/bin/python deploy/setup/scanner.py
