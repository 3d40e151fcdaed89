# Two commands: `make demo` runs the main job on the bundled fictional press, `make test` the whole suite.
.PHONY: demo test soak bench lint lock readme clean
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Run: make PYTHON=python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(STAMP)
	$(BIN)/python tests/sample_press/demo.py $(if $(SERVE),--serve)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: $(STAMP) lint
	@sh tests/install_browser.sh
	@sh tests/install_axe.sh
	$(BIN)/python -m pytest -m "not soak" -n 2 --dist loadfile

soak: $(STAMP)
	$(BIN)/python -m pytest -m soak -s

bench: $(STAMP)
	$(BIN)/python -m pytest tests/benchmarks -s

# The blocks of README.md that the program prints itself.
readme: $(STAMP)
	$(BIN)/python -m cogapp -r README.md

# Made again after a change in pyproject.toml; needs uv. No index address is written into the lock.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra reports --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist demo
