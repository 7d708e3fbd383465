# Copyright (c) 2026, opendump contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs only make, git and Python 3.11 or newer; the rest is installed into .venv. Everything built lies in .venv and .cache.
# `make help` lists what there is.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
CACHE := $(CURDIR)/.cache

# Version managers put shims on the PATH that exist and fail; Ansible would pick one as interpreter.
USERS_PATH := $(PATH)
export PATH := $(CURDIR)/.venv/bin:$(shell printf '%s' "$$PATH" | tr ':' '\n' | grep -v '/shims/*$$' | paste -s -d : -)

export ANSIBLE_COLLECTIONS_PATH := $(CACHE)/collections
export ANSIBLE_HOME := $(CACHE)/ansible
export ANSIBLE_LOCALHOST_WARNING := false
export ANSIBLE_INVENTORY_UNPARSED_WARNING := false
export HYPOTHESIS_STORAGE_DIRECTORY := $(CACHE)/hypothesis
export MYPYPATH :=
export MOLECULE_EPHEMERAL_DIRECTORY := $(CACHE)/molecule
export OPENDUMP_OLD_SDK := $(CACHE)/sdk-3.1.80
export RUFF_CACHE_DIR := $(CACHE)/ruff
# Bytecode is kept, and not among the sources, whatever the environment says: without, each start of a tool costs twice the time.
export PYTHONPYCACHEPREFIX := $(CACHE)/bytecode
unexport PYTHONDONTWRITEBYTECODE

VENV = @PATH="$(USERS_PATH)" $(PYTHON) dev/venv.py
SAY = @printf '==> %s\n'
PYTEST = python -m pytest -q -n 2 --dist worksteal

.PHONY: help demo watch shell venv test unit lint lint-ansible lint-python lint-documentation lint-text format sanity matrix soak fuzz molecule package release-check bench bench-scale docs error-codes returned-values requirements clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

demo:  ## start the local cloud and configure dumping there, twice (KEEP=1 leaves it running, to look around)
	$(VENV) demo
	@python dev/demo.py $(if $(KEEP),--keep)

watch:  ## see a dump fail on the local cloud, a report say so and since when, and the next one heal it
	$(VENV) demo
	@python dev/watch.py

shell:  ## a shell on the local cloud, with README's first play to begin with
	$(VENV) demo
	@python dev/shell.py

venv:  ## build .venv with all that tests and checks need
	$(VENV) test sdk-3.1.80 eda

ifdef ANSWERS
test: venv
	$(SAY) "running the end-to-end tests as against the account that answered $(ANSWERS)"
	@OPENDUMP_ANSWERS='$(ANSWERS)' $(PYTEST) tests/e2e
else
test: lint  ## check and test everything, from nothing (about ten minutes on two cores; ANSWERS=file: as against an account, see the guide)
	$(SAY) "running the tests of the collection, of the local cloud, and of both together"
	@$(PYTEST)
endif

unit: venv  ## only the unit tests, with their coverage
	@$(PYTEST) --cov --cov-report=term tests/unit

# two at a time, and what each says stays together, where make can do that
lint: venv  ## only the static checks
	@$(MAKE) --no-print-directory $(if $(filter output-sync,$(.FEATURES)),-j2 -O) lint-ansible lint-python lint-documentation lint-text

lint-ansible:
	$(SAY) "ansible-lint: roles, playbooks and metadata, profile production"
	@ansible-lint --nocolor -q

lint-python:
	$(SAY) "ruff: style and likely mistakes"
	@ruff check
	@ruff format --check --quiet
	$(SAY) "mypy: types"
	@mypy --python-version 3.10 -p ansible_collections.opendump.huaweicloud.plugins
	@mypy -p huaweicloud_emulator
	@mypy dev tests/bench

lint-documentation:
	$(SAY) "antsibull: documentation of modules and roles, changelog fragments"
	@antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self .
	@antsibull-changelog lint

lint-text:
	$(SAY) "yamllint: YAML"
	@yamllint --strict .
	$(SAY) "reuse: licences"
	@reuse lint --quiet || reuse lint

format: venv  ## let ruff format the Python code and mend what it can
	ruff check --fix
	ruff format

sanity: venv  ## ansible-test sanity, with every Python found (ARGS="--python 3.11" for one)
	python dev/sanity.py $(ARGS)

matrix: venv  ## the tests with every supported ansible-core (ARGS="2.16 2.20" for some)
	python dev/matrix.py $(ARGS)

soak: venv  ## all faults, bad inputs and sequences of the reliability tests, for hours (PART=3/8 for one of eight parts)
	$(SAY) "trying every fault at every request of every way to write"
	@OPENDUMP_SOAK=$(or $(PART),1) python -m pytest -q -n $(or $(WORKERS),2) tests/e2e/reliability $$(grep -l SOAK tests/e2e/test_*.py)

fuzz: venv  ## feed the parsers and the local cloud's verifier with nonsense (SECONDS=600 for longer)
	$(VENV) fuzz
	@PYTHONPATH=$(CACHE)/collections:tests/emulator:$(CACHE)/fuzz python tests/fuzz/fuzz.py $(or $(SECONDS),60)

molecule: venv  ## the Molecule scenarios of roles and playbooks, on the local cloud (ARGS="-s purge" for one)
	@rm -rf $(MOLECULE_EPHEMERAL_DIRECTORY)
	@python dev/with_local_cloud.py molecule test --report $(or $(ARGS),--all)

package: venv  ## build the collection and pass it through the importer that Galaxy uses
	python dev/package.py

release-check: package  ## install the tarball into an empty environment and run the quickstart and AWX's jobs from there
	python dev/release_check.py

bench: venv  ## measure the ways to declare many tasks, about an hour (ARGS=--quick for a look, ARGS=--help for more)
	$(VENV) bench
	@python tests/bench/bench.py $(ARGS)

bench-scale: venv  ## measure thousands of tasks in one call, many hosts and the report, half an hour (ARGS="growth" for one, ARGS=--help)
	$(VENV) bench
	@python tests/bench/scale.py $(ARGS)

docs: venv  ## render guides, modules and roles into .cache/docs/build/html
	$(VENV) docs
	@rm -rf $(CACHE)/docs && mkdir -m 700 $(CACHE)/docs $(CACHE)/docs/rst
	@antsibull-docs sphinx-init --use-current --squash-hierarchy --lenient --dest-dir $(CACHE)/docs opendump.huaweicloud >/dev/null
	@antsibull-docs --config-file $(CACHE)/docs/antsibull-docs.cfg collection --use-current --squash-hierarchy \
		--dest-dir $(CACHE)/docs/rst opendump.huaweicloud
	@PYTHONPATH=$(CACHE)/collections python dev/options_first.py $(CACHE)/docs/rst/*_module.rst
	@python dev/site_pages.py $(CACHE)/docs/rst/docsite
	@# without the cross references to other sites, which would have to be fetched
	@sphinx-build -q -w $(CACHE)/docs/warnings -b html -c $(CACHE)/docs -D extensions=sphinx_antsibull_ext,myst_parser \
		-D html_static_path=$(CURDIR)/dev/site -D html_css_files=site.css -D html_title=opendump.huaweicloud \
		$(CACHE)/docs/rst $(CACHE)/docs/build/html 2>/dev/null || { cat $(CACHE)/docs/warnings; exit 1; }
	@! grep -vE "undefined label: '(ansible_collections\.ansible\.builtin\.[a-z_]+|action_plugins|common_return_values|callback_plugins|ansible_configuration_settings)'" $(CACHE)/docs/warnings
	$(SAY) "open .cache/docs/build/html/index.html"

error-codes: venv  ## write the page of error codes anew, from the table of the modules
	@PYTHONPATH=$(CACHE)/collections python dev/error_codes.py

returned-values: venv  ## write what several modules return into each of them, from the one where it is described
	@python dev/returned_values.py

requirements: venv  ## pin the newest versions of tests/requirements/*.in
	sh dev/pin.sh

clean:  ## remove all that was built
	rm -rf .venv .cache site
