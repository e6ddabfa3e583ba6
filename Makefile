.DEFAULT_GOAL := help
.PHONY: help run start dev seed seed-short db-up db-down test check clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: db-up seed start ## install, build, seed 20 sessions and serve the dashboard at http://localhost:8000

start: dist ## serve the dashboard
	@exec node dist/main.js

dev: node_modules ## serve, and start again on every change
	@npx nest start --watch

seed: dist ## store 20 sessions of 300 s
	@node dist/seed.js --count 20 --ttl 300

seed-short: dist ## store 10 sessions of 30 s, and watch them go
	@node dist/seed.js --count 10 --ttl 30

db-up: ## the embedded store needs no database
	@echo "The embedded store needs no database: its rows are in a local folder (DATA_DIR)."

db-down: ## the embedded store needs no database
	@echo "The embedded store needs no database: nothing to stop."

test: node_modules ## check and test everything; needs Chromium for the browser tests
	npm run check
	npx jest

check: node_modules ## types, lint, format, unused code and dependencies, the OpenAPI file
	npm run check

clean: ## remove what was built, installed and stored here
	rm -rf dist node_modules coverage data

node_modules: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch node_modules

dist: node_modules tsconfig.json tsconfig.build.json $(shell find src -name '*.ts')
	npm run --silent build
	@touch dist
