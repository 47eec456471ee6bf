# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target starts from nothing: the virtualenv and the lab are made when they are missing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

run := tests/tools/run
with_lab := tests/tools/with-lab
LAB ?= dev
# Unit tests are shared out among processes; one that has none left takes some of another one's.
on_all_cores := --numprocesses auto --dist worksteal
# What in ARGS chooses tests or a way to run them: few tests are through before other processes have started.
chosen = $(filter -k% -m% -n% tests/% --lf --last-failed --sw --stepwise --pdb,$(ARGS))
bench_parts := __main__ restoring progress pages rollback scaling

.PHONY: help
help: ## Show this list
	@tests/tools/help $(MAKEFILE_LIST)

##@ Start here

.PHONY: demo
demo: ## Bring up a Swarm; watch rollouts, a rollback and a canary on it (KEEP=1 leaves it up)
	@tests/tools/demo $(ARGS)

.PHONY: test
test: .venv/.ready ## Run every check and test, as continuous integration does (40 min)
	@$(run) python3 -m tests.suite

##@ Tests

.PHONY: units
units: .venv/.ready ## Run the unit tests except the slow ones; ARGS= goes to pytest, where -k or a path finds slow ones too
	@$(run) pytest $(if $(chosen),,$(on_all_cores) -m 'not slow') $(ARGS)

.PHONY: units-slow
units-slow: .venv/.ready ## Run the slow unit tests: hostile input, and runs that are killed at every call; ARGS= goes to pytest
	@$(run) pytest -m slow $(if $(chosen),,$(on_all_cores)) $(ARGS)

.PHONY: units-oldest
units-oldest: .venv/.ready ## Run the plugins' unit tests on the oldest Python found here
	@tests/tools/units-oldest

.PHONY: integration
integration: .venv/.ready ## Run the tests against a real Swarm; ARGS= goes to pytest
	@$(with_lab) $(LAB) python3 -m tests.integration $(ARGS)

.PHONY: runbooks-oldest
runbooks-oldest: .venv/.ready ## Run runbooks on the oldest ansible-core that is supported; ARGS= goes to pytest
	@$(with_lab) $(LAB) python3 -m tests.matrix.oldest $(ARGS)

.PHONY: scenario
scenario: .venv/.ready ## Run one Molecule scenario: NAME=default
	@$(run) molecule reset >/dev/null # what an interrupted run left would pass for created and prepared
	@$(with_lab) $(LAB) molecule test -s $(or $(NAME),$(error give NAME=, one of: $(notdir $(patsubst %/,%,$(wildcard molecule/*/)))))

.PHONY: scenarios
scenarios: .venv/.ready ## Run all Molecule scenarios
	@$(run) molecule reset >/dev/null # what an interrupted run left would pass for created and prepared
	@$(with_lab) $(LAB) molecule test --all

.PHONY: soak
soak: .venv/.ready ## Break a Swarm in every way under every strategy, ten times each, and 1,000 times at random (hours); ARGS= chooses cells
	@$(with_lab) $(LAB) python3 -m tests.faults $(ARGS)
	@$(if $(ARGS),true,$(with_lab) $(LAB) python3 -m tests.truth --cases 1000)

.PHONY: truth
truth: .venv/.ready ## Run 100 random rollouts under random faults, and judge every claim of their results; SEED=, ARGS='--cases 60'
	@$(with_lab) $(LAB) env SEED=$(SEED) python3 -m tests.truth $(ARGS)

.PHONY: soak-load
soak-load: .venv/.ready ## Change a service under load, for long, and count lost requests (20 min); ARGS= names scenarios
	@$(with_lab) $(LAB) python3 -m tests.soak $(ARGS)

.PHONY: bench
bench: .venv/.ready ## Measure what a run costs, on a real Swarm, into docs/performance.md (2 h); PARTS= names some
	@$(foreach part,$(or $(PARTS),$(bench_parts)),$(with_lab) $(LAB) python3 -m tests.bench.$(part) $(ARGS) &&) true

.PHONY: matrix
matrix: .venv/.ready ## Run tests on three Engines, four versions of ansible-core, and more (hours); ARGS= picks rows
	@$(run) python3 -m tests.matrix $(ARGS)

.PHONY: fuzz
fuzz: .venv/.ready ## Try many thousands of hostile options, answers, records and texts (1 h); FUZZ_EXAMPLES= per test
	@$(run) python3 -m tests.fuzz
	@$(run) env HYPOTHESIS_PROFILE=deep pytest tests/unit/hostile $(ARGS)

.PHONY: security
security: .venv/.ready ## Run all that is tried on security, and write docs/security.md
	@$(with_lab) $(LAB) python3 -m tests.security $(ARGS)

.PHONY: load
load: .venv/.ready ## Run 1,000 services and 300 tasks, release 50 at once, and write docs/load.md
	@$(with_lab) $(LAB) python3 -m tests.load $(ARGS)

.PHONY: fresh
fresh: .venv/.ready ## Run units, demo and more on an empty Debian 12 and 13 (1 h); ARGS= picks: --suite, --only
	@$(run) python3 -m tests.fresh $(ARGS)

.PHONY: screenshots
screenshots: .venv/.ready ## Take the pictures of the documentation in a headless browser
	@$(run) python3 -m tests.report

##@ Checks

.PHONY: lint
lint: lint-code lint-ansible ## Check style: Python, shell, YAML and Ansible

.PHONY: lint-code
lint-code: .venv/.ready ## Check format and style of the Python and shell code, and YAML
	@$(run) ruff format --check --quiet --output-format concise . || { echo 'Run make format'; exit 1; }
	@$(run) ruff check --quiet --output-format concise .
	@$(run) yamllint --strict .
	@$(run) bandit --quiet --recursive --configfile pyproject.toml plugins
	@$(run) shellcheck $$(grep -lrE '^#!.*bash' tests/tools .ci)

.PHONY: lint-ansible
lint-ansible: .venv/.ready ## Check playbooks, roles and modules with ansible-lint
	@$(run) ansible-lint --offline --profile production

.PHONY: format
format: .venv/.ready ## Format the Python code and mend what can be mended; PATHS= limits it
	@$(run) ruff check --fix --exit-zero --quiet $(or $(PATHS),.)
	@$(run) ruff format $(or $(PATHS),.)

.PHONY: types
types: .venv/.ready ## Check types with mypy
	@$(run) env -u PYTHONPATH mypy -p ansible_collections.swarm.rollout.plugins -p tests

.PHONY: sanity
sanity: .venv/.ready ## Run ansible-test sanity (2 min the first time); ARGS= goes to it
	@tests/tools/sanity $(ARGS)

.PHONY: changelog-lint
changelog-lint: .venv/.ready ## Check the changelog fragments
	@$(run) antsibull-changelog lint

.PHONY: docs-lint
docs-lint: .venv/.ready ## Check the documentation of modules and plugins
	@$(run) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=self .

.PHONY: docs
docs: .venv/.ready ## Build the documentation site into build/docs/html; a warning is an error
	@$(run) python3 -m tests.site

.PHONY: build
build: .venv/.ready ## Build the collection and check it as Ansible Galaxy does
	@tests/tools/build

##@ Workshop

.PHONY: venv
venv: .venv/.ready ## Make or refresh the virtualenv .venv (1 min)

.venv/.ready: requirements-dev.txt
	@tests/tools/venv

.PHONY: lab
lab: .venv/.ready ## Bring up a Swarm to work with, called LAB=dev
	@$(run) python3 -m tests.lab up --name $(LAB)

.PHONY: lab-down
lab-down: .venv/.ready ## Take that Swarm down
	@$(run) python3 -m tests.lab down --name $(LAB)

.PHONY: clean
clean: ## Remove what the tools made, the virtualenv included
	@rm -rf .ansible .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .venv build collections tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
