# Everything is installed into .venv, from the pinned lists in requirements/. ARGS goes to the command.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
TESTS ?= tests

.PHONY: demo test lint bench soak fuzz docs requirements release clean

demo: .venv/demo
	$(BIN)/compagnon demo $(ARGS)

test: .venv/dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS) $(ARGS)

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m bench $(ARGS)

soak: .venv/dev
	$(BIN)/python -m bench.soak $(ARGS)

docs: .venv/dev
	$(BIN)/python -m bot.reference docs

fuzz: .venv/dev
	$(BIN)/python -m tests.fuzz $(ARGS)

requirements: .venv/dev
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url -o requirements/run.txt pyproject.toml requirements/build.in --extra postgres
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url -o requirements/semantic.txt -c requirements/run.txt pyproject.toml requirements/build.in --extra postgres --extra semantic
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url -o requirements/demo.txt -c requirements/run.txt pyproject.toml requirements/build.in --extra demo
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url -o requirements/dev.txt -c requirements/run.txt pyproject.toml requirements/build.in --extra dev

.venv/demo .venv/dev: .venv/%: requirements/%.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/$*.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# The steps around it: docs/release.md.
release: .venv/dev
	@test -n "$(VERSION)" || { echo 'Which version? For example: make release VERSION=0.1.0'; exit 2; }
	@grep -q '"$(VERSION).dev' bot/__init__.py || { echo 'bot/__init__.py is not at $(VERSION).dev0'; exit 2; }
	$(BIN)/python -m pytest -q --golden tests/storage/test_released.py
	sed -i 's/"$(VERSION)\.dev[0-9]*"/"$(VERSION)"/' bot/__init__.py
	$(BIN)/towncrier build --yes --version $(VERSION)
	git add -A tests/storage/released bot/__init__.py

clean:
	rm -rf .venv .demo bench/results
