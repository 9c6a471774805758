# Two commands: `make demo` shows the morning routine on sample data, `make test` checks everything.
# Both set up what they need in .venv (by uv where it is installed) and touch nothing outside this folder.
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
UV := $(shell command -v uv 2>/dev/null)

.PHONY: help demo test lint types imports unit docs bench-match clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "giveback needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
ifdef UV
	$(UV) venv --quiet --allow-existing --python "$(PYTHON)" $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -e '.[dev]'
else
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
endif
	@touch $@

demo: $(VENV)/.installed ## the morning routine on sample data, in a temporary store
	@$(BIN)/giveback demo

test: lint types imports unit ## everything that must hold

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

imports: $(VENV)/.installed
	$(BIN)/lint-imports

unit: $(VENV)/.installed
	$(BIN)/pytest

docs: $(VENV)/.installed ## write the command reference again
	$(BIN)/python tools/reference.py

bench-match: $(VENV)/.installed ## the matcher beside the baselines that are installed, on the match benchmark
	@$(BIN)/python benchmarks/compare.py

clean: ## remove what the other commands made
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
