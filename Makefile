# DB=auto|scylla|cassandra|embedded says where sessions live (tools/choose-db tells what auto comes to).
DB ?= auto
CHOSEN = $(shell tools/choose-db $(DB) 2>/dev/null)
COMPOSE = docker compose -f docker/compose.yaml
# What the chosen database means to the service. Somebody's own choice (SESSION_STORE) is left alone.
SETTINGS_embedded = SESSION_STORE=embedded
SETTINGS_scylla = SESSION_STORE=scylla SCYLLA_HOSTS=127.0.0.1
SETTINGS_cassandra = $(SETTINGS_scylla)
SETTINGS = $(SETTINGS_$(CHOSEN))

.DEFAULT_GOAL := help
.PHONY: help run start dev seed seed-short db-up db-down test test-faults fuzz bench bench-short check clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@tools/choose-db $(DB) 2>&1 >/dev/null

run: db-up seed start ## install, build, seed 20 sessions and serve the dashboard at http://localhost:8000

start: dist ## serve the dashboard
	@exec env $(SETTINGS) node dist/main.js

dev: node_modules ## serve, and start again on every change
	@env $(SETTINGS) npx nest start --watch

seed: dist ## store 20 sessions of 300 s
	@env $(SETTINGS) node dist/seed.js --count 20 --ttl 300

seed-short: dist ## store 10 sessions of 30 s, and watch them go
	@env $(SETTINGS) node dist/seed.js --count 10 --ttl 30

db-up: ## start the database and wait until it answers
	@tools/choose-db $(DB) >/dev/null
	@case $(CHOSEN) in \
	  scylla) $(COMPOSE) up --detach --wait scylla ;; \
	  cassandra) tools/cassandra/cassandra up ;; \
	esac

db-down: ## stop the database
	@tools/choose-db $(DB) >/dev/null
	@case $(CHOSEN) in \
	  scylla) $(COMPOSE) down ;; \
	  cassandra) tools/cassandra/cassandra down ;; \
	esac

test: check ## check and test everything; the browser tests need Chromium, those on Cassandra Java 17 and Maven
	npx jest --selectProjects unit contract e2e cassandra browser

test-faults: dist ## three nodes under load, some killed on the way: three minutes, Java 17 and Maven
	npx jest --selectProjects faults

fuzz: dist ## schemathesis, all checks on, against both stores: two minutes, Python 3.11, Java 17 and Maven
	@tools/fuzz

bench: node_modules ## measure everything beside the floor, on both stores: half an hour, Java 17 and Maven
	npm run --silent bench

bench-short: node_modules ## the same in a minute, on the embedded store
	npm run --silent bench -- --short

check: node_modules ## types, lint, format, unused code and dependencies, the OpenAPI file
	npm run check

clean: ## stop the database; remove what was built, installed and stored here
	@tools/choose-db $(DB) >/dev/null
	@case $(CHOSEN) in \
	  scylla) $(COMPOSE) down --volumes ;; \
	  cassandra) tools/cassandra/cassandra clean ;; \
	esac
	rm -rf dist bench/dist node_modules coverage data

node_modules: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch node_modules

dist: node_modules tsconfig.json tsconfig.build.json $(shell find src -name '*.ts')
	npm run --silent build
	@touch dist
