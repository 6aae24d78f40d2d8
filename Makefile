# Two commands are enough: `make demo` and `make test`.  Everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
EXAMPLE := src/whipcount/knowledge/example
HTMX := src/whipcount/web/static/vendor/htmx.min.js
AXE := build/npm/node_modules/axe-core/axe.min.js
DEMO_SERVE ?= 1
DEMO_PORT ?= 8400

.PHONY: demo test check bench docs assets messages screenshots lock clean

demo: .venv/.runtime assets
	@mkdir -p demo
	$(BIN)/whipcount read $(EXAMPLE)/*.txt --record demo/example.whip --codebook $(EXAMPLE)/codebook.yaml
	$(BIN)/whipcount milestones demo/example.whip --add $(EXAMPLE)/milestones.csv
	$(BIN)/whipcount positions demo/example.whip
	$(BIN)/whipcount verdict NATO kyiv-in-nato --record demo/example.whip
	$(BIN)/whipcount verdict --record demo/example.whip --at 2025-03-20
	@if [ "$(DEMO_SERVE)" != "0" ]; then $(BIN)/whipcount serve demo/example.whip --port $(DEMO_PORT); \
	else echo "Done. To look around: $(BIN)/whipcount serve demo/example.whip"; fi

test: .venv/.dev assets $(AXE)
	$(BIN)/python -m pytest

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.bench
	$(BIN)/python benchmarks/run.py

docs: .venv/.dev
	$(BIN)/pip install -q --group docs
	$(BIN)/mkdocs build --strict

screenshots: .venv/.dev assets
	$(BIN)/python tools/screenshots.py

messages: .venv/.dev
	$(BIN)/python tools/messages.py

# htmx comes from its npm package.  The pages work without it, so a machine that cannot get it only says so.
assets: $(HTMX)
$(HTMX):
	@mkdir -p $(@D) build/npm
	@if command -v npm >/dev/null 2>&1 && npm install --silent --no-audit --no-fund --prefix build/npm htmx.org@4.0.1 >/dev/null 2>&1; \
	then cp build/npm/node_modules/htmx.org/dist/htmx.min.js $@; \
	else echo "htmx not installed (no npm here): the web pages work without it, with full page loads"; fi

# axe is for tests only: it looks for what shuts people out of a page.
$(AXE):
	@mkdir -p build/npm
	@{ command -v npm >/dev/null 2>&1 && npm install --silent --no-audit --no-fund --prefix build/npm axe-core@4.10.3 >/dev/null 2>&1; } \
	|| echo "axe not installed (no npm here): its tests will be skipped"

.venv/.pip:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	@touch $@

.venv/.runtime: .venv/.pip pyproject.toml requirements.lock
	$(BIN)/python -m pip install -q -e . -c requirements.lock
	@touch $@

.venv/.dev: .venv/.runtime
	$(BIN)/python -m pip install -q --group dev -c requirements.lock
	@touch $@

.venv/.bench: .venv/.dev
	$(BIN)/python -m pip install -q --group bench
	@touch $@

lock: .venv/.dev
	$(BIN)/python -m pip freeze --exclude-editable | grep -v -i -E '^(spacy|en-core|en_core|textacy)' > requirements.lock

clean:
	rm -rf .venv build dist demo site
