# Each target does all of its own set-up: python3.10 or newer with venv is enough.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test test-pytests test-clients test-integrations deep conformance mutants demo lint bench

test: lint
	$(BIN)/python -m pytest -n auto

# Real clients of several generations against the fake server; each version is installed once, in ~/.cache.
# "ci" is the part that every change is tried with (tests/clients/conftest.py), "all" everything, or name versions.
CLIENTS ?= ci
test-clients: .venv/.installed
	$(BIN)/python -m wandb_testkit.targets.environments $(CLIENTS)
	# Real clients have time-outs of their own: what failed on a busy machine is tried once more, by itself.
	WANDB_TESTKIT_CLIENTS="$(CLIENTS)" $(BIN)/python -m pytest tests/clients -n 2 || \
		WANDB_TESTKIT_CLIENTS="$(CLIENTS)" $(BIN)/python -m pytest tests/clients --last-failed
	for version in 0.10.33 0.31.0; do \
		packages="$$($(BIN)/python -m wandb_testkit.targets.environments --packages $$version)" && \
		PYTHONPATH="$$packages" $(BIN)/python -m pytest tests/dropin/test_against_real_wandb.py tests/dropin/test_signatures.py || exit 1; \
	done

# The plugin beside other plugins, in the oldest and the newest Python and pytest; "all" has those between, too.
PYTESTS ?= ci
test-pytests: .venv/.installed
	$(BIN)/python -m tests.suites.environment
	WANDB_TESTKIT_PYTESTS=$(PYTESTS) $(BIN)/python -m pytest tests/suites -n 2

# Real torch, event writers, gymnasium and frameworks, compared with wandb 0.31.0; their environments are made once, in
# ~/.cache. `make deep` adds keras, for TensorFlow is large, ray, whose workers take their time, and models of pictures.
test-integrations: .venv/.installed
	python="$$($(BIN)/python -m tests.integrations.environment)" && \
	WANDB_TESTKIT_INTEGRATIONS=frameworks PYTHONPATH=. "$$python" -m pytest tests/integrations -n 2 --dist loadgroup
	python="$$($(BIN)/python -m tests.integrations.environment callbacks)" && \
	WANDB_TESTKIT_INTEGRATIONS=callbacks PYTHONPATH=. "$$python" -m pytest tests/integrations/test_frameworks.py -n 2

# What takes longer than CI has: thousands of new programs, every cell, arrays of cells on real clients, every client
# version with every behaviour and fault. The results are kept in fixtures/, and tables of README.md are made of them.
ARRAYS ?= 0.12.21 0.15.12 0.22.3 0.28.2
deep: .venv/.installed
	$(BIN)/python -m pytest tests/agreement/test_scripts.py --hypothesis-profile=deep -n auto
	$(BIN)/wandb-testkit verify --product full --result fixtures/agreement/full-product.json
	$(BIN)/wandb-testkit verify --target wandb==0.31.0 --random 500 --seed 1 --result fixtures/agreement/wandb-0.31.0.json
	$(BIN)/wandb-testkit verify --target wandb==0.10.33 --random 200 --seed 1 --result fixtures/agreement/wandb-0.10.33.json
	for version in $(ARRAYS); do \
		$(BIN)/wandb-testkit verify --target wandb==$$version --result fixtures/agreement/wandb-$$version.json || exit 1; \
	done
	WANDB_TESTKIT_DEEP=1 $(BIN)/python -m pytest tests/server/test_hostile_input.py -n auto
	WANDB_TESTKIT_DEEP=1 WANDB_TESTKIT_RESULTS=write WANDB_TESTKIT_CLIENTS=0.31.0 \
		$(BIN)/python -m pytest tests/clients/test_programs_by_chance.py
	WANDB_TESTKIT_DEEP=1 WANDB_TESTKIT_CLIENTS=0.31.0 $(BIN)/python -m pytest tests/clients/test_large_artifacts.py -s
	$(BIN)/python -m tests.clients.agreement_page
	$(BIN)/python -m wandb_testkit.targets.environments all
	WANDB_TESTKIT_CLIENTS=all WANDB_TESTKIT_RESULTS=write \
		$(BIN)/python -m pytest tests/clients -m "behaviour or fault" -n 4
	$(BIN)/python -m tests.clients.results
	python="$$($(BIN)/python -m tests.integrations.environment large)" && \
	WANDB_TESTKIT_INTEGRATIONS=large WANDB_TESTKIT_RESULTS=write PYTHONPATH=. \
		"$$python" -m pytest tests/integrations/test_frameworks.py tests/integrations/test_ray.py
	python="$$($(BIN)/python -m tests.integrations.environment vision)" && \
	WANDB_TESTKIT_INTEGRATIONS=vision WANDB_TESTKIT_RESULTS=write PYTHONPATH=. \
		"$$python" -m pytest tests/integrations/test_frameworks.py
	python="$$($(BIN)/python -m tests.integrations.environment classic)" && \
	WANDB_TESTKIT_INTEGRATIONS=classic WANDB_TESTKIT_RESULTS=write PYTHONPATH=. \
		"$$python" -m pytest tests/integrations/test_frameworks.py tests/integrations/test_classic_signatures.py
	$(BIN)/python -m tests.integrations.results

# Every target in the box through the conformance suite, real clients and trackers by others too (they are installed once,
# in ~/.cache); the results are kept in fixtures/conformance, and docs/matrix.md is made of them. At the end the reference
# does everything as pytest items, three times, in random order.
TARGETS ?=
conformance: .venv/.installed
	$(BIN)/python -m tests.conformance.fill $(TARGETS)
	$(BIN)/python -m tests.conformance.thrice

# Each planted bug, what notices it and how soon: docs/mutants.md; fails if one survives.
mutants: .venv/.installed
	$(BIN)/python -m tests.mutants
	$(BIN)/python -m tests.conformance.planted

demo: .venv/.installed
	$(BIN)/wandb-testkit demo

lint: .venv/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Beside the real client, trackio and mlflow, which are installed once, in ~/.cache.
bench: .venv/.installed
	python="$$($(BIN)/python -m benchmarks.environment)" && $(BIN)/python -m benchmarks --python "$$python"

# Made anew by a change of the dependencies, or when it was not finished.
.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@
