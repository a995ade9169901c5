# What a newcomer runs. Only Python, git and make need to be there before.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test lint demo generated

$(BIN)/backout: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

test: $(BIN)/backout
	$(BIN)/python -Im pytest -n auto -q

lint: $(BIN)/backout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports

demo: $(BIN)/backout
	$(BIN)/python -I examples/demo.py

# What is committed and made from the code; tests say when it is stale.
generated: $(BIN)/backout
	$(BIN)/python -I -m backout.core.formats.json > core/report.schema.json
	$(BIN)/python -I -m backout.actions.reversal.json > actions/reversal/plan.schema.json
	$(BIN)/python -I -m backout.checks > docs/rules/README.md
	$(BIN)/python -I -m backout.actions.reference > docs/reference/command-line.md
	PYTHONPATH=tests/lib $(BIN)/python -m support.bad_commit > docs/pictures/bad-commit.svg
