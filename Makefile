# What one does with this project. Each target installs what it needs first; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
MEMBERS := libs/contracts libs/common services/applications services/matching services/sessions services/evaluation \
           services/gateway services/integrations deploy/allinone
SOURCES := $(foreach m,$(MEMBERS),$(m)/src)

.PHONY: help install console demo plays test test-one faults check format bench bench-matching generate client release-contracts lock up docs env helm clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: .venv/.installed ## make .venv with everything, .venv/bin/mentoring in it

.venv/.installed: requirements.lock $(foreach m,$(MEMBERS),$(m)/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mentoring needs Python 3.11 or newer: set PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps $(foreach m,$(MEMBERS),-e $(m))
	@$(BIN)/python -m compileall -q $(SOURCES)  # where Python may write nothing later, each command would compile it all
	@$(BIN)/python -m mentoring_matching.engine.warm  # a quarter of a minute once, so that no run waits for the compiler
	@touch $@

demo: install ## play the NIHR Mentoring Programme 2022 from nothing; results in build/demo/
	@$(BIN)/mentoring demo

plays: install ## play every programme of blueprints/ at its real size: half an hour
	@for name in $$($(BIN)/mentoring demo --list | cut -d: -f1); do $(BIN)/mentoring demo $$name || exit 1; done

up: install ## start the whole system on this machine, data in var/
	@$(BIN)/mentoring up

test: install ## run every test, on a real PostgreSQL and real brokers
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-one: install ## run one test: make test-one T=path/to/test_file.py::test_name
	@$(BIN)/pytest -x -p no:cacheprovider $(T)

faults: install ## kill, stop and pause the parts, on Apache Kafka and PostgreSQL with fsync: docs/reliability.md
	@MENTORING_TESTS_AS_IN_PRODUCTION=1 $(BIN)/pytest -s tests/faults services/matching/tests/test_matching_concurrency.py \
	  $(foreach part,replays poison loops trouble,libs/common/tests/test_common_$(part).py)

check: install ## format, lint, types, architecture, stale generated files
	@$(BIN)/ruff format --check -q . || { echo "Not formatted as here: run 'make format'."; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports
	@$(BIN)/python -m mentoring_allinone.generate --check

format: install ## format the code and mend what the linter can mend
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

generate: install ## write the generated contracts and documents again
	@$(BIN)/python -m mentoring_allinone.generate

console: install ## build the console that the gateway serves at /console/; needs Node 20.19 or newer
	@cd console && npm ci --no-audit --no-fund && npm run build
	@$(BIN)/python -m mentoring_allinone.console_built

client: install ## make the Python client of the REST API, mentoring-client, as a wheel: build/client/dist
	@sh tests/clients/python/wheel.sh $(CURDIR)/$(BIN)/uv build/client

release-contracts: install ## promise GraphQL, events and REST as they are: make check refuses what breaks them from then on
	@$(BIN)/python -m mentoring_allinone.released

bench: install ## measure against peers and floors; results in docs/benchmarks/
	@$(BIN)/python -m bench

bench-matching: install ## the matching engine against its peers
	@$(BIN)/python -m bench.matching

lock: ## pin the newest versions: requirements.lock, with hashes and without addresses
	@$(BIN)/uv lock -q --upgrade
	@(echo "# Pinned with hashes and no addresses; made by 'make lock'."; \
	  $(BIN)/uv export -q --no-header --format requirements-txt --no-emit-workspace --all-groups --all-extras) > requirements.lock

pin: ## pin what is new in a pyproject.toml and leave what is pinned: requirements.lock
	@cp pyproject.toml .pyproject.kept; trap 'mv .pyproject.kept pyproject.toml; rm -f .pins' EXIT; rm -f uv.lock; \
	  sed -n -E 's/^([A-Za-z0-9_.-]+(\[[a-z,]+\])?==[^ ;]+( ; .*[^ \])?) *\\?$$/"\1",/p' requirements.lock > .pins; \
	  sed -i -e '/^\[tool.uv\]$$/{a constraint-dependencies = [' -e 'r .pins' -e '}' pyproject.toml; \
	  sed -i -e '/^package = false$$/i ]' pyproject.toml; \
	  $(BIN)/uv lock -q && (echo "# Pinned with hashes and no addresses; made by 'make lock'."; \
	  $(BIN)/uv export -q --no-header --format requirements-txt --no-emit-workspace --all-groups --all-extras) > .pins \
	  && cp .pins requirements.lock

docs: install ## write the documentation as a site: build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -f deploy/docs/mkdocs.yml
	@echo "to read, with search: python3 -m http.server --directory build/site"

env: ## write .env for docker-compose.yml, with fresh secrets; fill in what it leaves empty
	@test ! -e .env || { echo ".env is there already: its secrets are in use"; exit 1; }
	@umask 077; while IFS= read -r line; do case $$line in \
	  SMTP_PASSWORD=) echo "$$line" ;; \
	  *_PASSWORD=|*_SECRET=) echo "$$line$$(openssl rand -hex 24)" ;; \
	  *_MASTER_KEY=) echo "$$line$$(openssl rand -base64 32)" ;; \
	  KAFKA_CLUSTER_ID=) echo "$$line$$(openssl rand -base64 16 | tr +/ -_ | tr -d =)" ;; \
	  *) echo "$$line" ;; esac; done < .env.example > .env.unfinished && mv .env.unfinished .env
	@grep '^[A-Z_]*=$$' .env | grep -v OTHER_MASTER_KEYS | sed 's/^/to fill in: /'

helm: build/tools/helm ## build Helm, with which a test renders deploy/helm; needs Go

build/tools/helm:
	@mkdir -p build/tools && GOBIN=$(CURDIR)/build/tools go install helm.sh/helm/v3/cmd/helm@v3.22.0

clean: ## remove what was made here, the embedded data in var/ too
	rm -rf .venv build var deploy/kafka/target .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
