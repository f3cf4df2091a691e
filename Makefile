# Everything a developer or a newcomer does. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help start test test-slow test-alone lint format dist bench contract conformance clean

DIST ?= dist
DISTRIBUTIONS := shared localstack-extension-stripe localstack-extension-mailhog
VENV := .venv
BIN := $(VENV)/bin
ALONE := .venv-3.11
# A process for each processor; a file's tests share theirs. What takes long begins first, so that nobody waits for it at
# the end: the files are handed out in the order of the folders, and not by how many tests they have.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
FOLDERS := tests/integration tests/browser tests/contract tests/unit
# What goes through all of Stripe's API, by the contract or by the SDK: once is enough, since no version of Python changes
# what is in the contract, and tests/unit/stripe calls the same behaviours.
ONCE := test_reflection_*.py test_contract_*.py test_api_fuzz.py test_sdk_*.py
# What an installation depends on: when one of these changes, the next command installs anew.
SOURCES := constraints.txt $(DISTRIBUTIONS:%=%/pyproject.toml)

# Where `make start` keeps LocalStack's files, and how it runs outside its container image.
export FILESYSTEM_ROOT ?= $(CURDIR)/.localstack
export OVERRIDE_IN_DOCKER ?= 0
export DNS_ADDRESS ?= 0

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

start: python-for-localstack $(VENV)/with-localstack ## start LocalStack with both extensions, in the foreground
	@mkdir -p "$(FILESYSTEM_ROOT)"
	@exec $(BIN)/python -m localstack.runtime.main

test: $(VENV)/tools ## run all tests
	@if [ -e $(VENV)/with-localstack ]; then \
		$(BIN)/python -m pytest $(PARALLEL) $(FOLDERS) && cd examples/saas && $(CURDIR)/$(BIN)/python -m pytest; \
	else \
		$(BIN)/python -m pytest $(PARALLEL) $(filter-out tests/integration,$(FOLDERS)) && tools/say-left-out; \
	fi
	@if [ -e $(VENV)/with-localstack ] && tools/find-python 3.11 >/dev/null 2>&1; then \
		$(MAKE) --no-print-directory test-alone; \
	fi

test-slow: $(VENV)/tools ## run the tests that take minutes
	@$(BIN)/python -m pytest tests -m slow --timeout 1200

test-alone: $(ALONE)/tools ## test what runs without LocalStack on Python 3.11
	@$(ALONE)/bin/python -m pytest $(PARALLEL) $(ONCE:%=--ignore-glob='*/%') tests/contract tests/unit

lint: $(VENV)/tools ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@cd examples/saas && MYPYPATH=../../shared:../../localstack-extension-stripe:../../localstack-extension-mailhog $(CURDIR)/$(BIN)/mypy

format: $(VENV)/tools ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

dist: $(VENV)/tools ## build the three wheels and sdists into dist/
	@rm -rf $(DIST)
	@for each in $(DISTRIBUTIONS); do $(BIN)/python -m build --quiet --no-isolation --outdir $(DIST) $$each || exit 1; done
	@ls -1 $(DIST)

bench: $(VENV)/tools ## measure against peers, as ratios in one run
	@$(BIN)/python -m benchmarks

contract: $(VENV)/tools ## derive the contract of Stripe's API from the pinned SDKs
	@$(BIN)/python -m tools.contract

conformance: $(VENV)/tools ## print how far each operation follows Stripe, and write docs/coverage.md of it
	@$(BIN)/python -m tools.conformance --write

clean: ## remove what the other commands made
	@rm -rf $(VENV) $(ALONE) dist .localstack .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name '*.egg-info' -prune -exec rm -rf {} + ; rm -rf $(DISTRIBUTIONS:%=%/build)

# A Python that LocalStack runs on where there is one, else the one that everything else runs on.
$(VENV)/installed: $(SOURCES)
	@python=$$(tools/find-python 2>/dev/null || tools/find-python 3.11) || exit 1; \
	tools/install "$$python" $(VENV)
	@touch $@

# Asked before anything is installed.
.PHONY: python-for-localstack
python-for-localstack:
	@tools/find-python >/dev/null || { echo "LocalStack runs on one of these: install it and try again." >&2; exit 1; }

# An environment that was made before there was such a Python has to be made again.
$(VENV)/with-localstack: $(VENV)/installed
	@[ -e $@ ] || { rm $<; $(MAKE) --no-print-directory $<; }

$(ALONE)/installed: $(SOURCES)
	@python=$$(tools/find-python 3.11) || exit 1; \
	tools/install "$$python" $(ALONE) --without-localstack
	@touch $@

%/tools: %/installed requirements-dev.txt
	@$*/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --requirement requirements-dev.txt
	@touch $@
