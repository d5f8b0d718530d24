# make run    the demo on http://localhost:8080; PORT=8081 for another port, FRESH=1 to start over
# make bench  how fast it is, against what the database can do; BENCH_SIZE=1000000 for a register of that size too
# make load   only the part over HTTP; LOAD='-only pace' for two minutes of visitors at a fixed pace, -help for more
# make test   every check: format, vet, linter, Go tests, browser tests
.PHONY: run test bench load setup setup-bench setup-test build css generate fmt

run: setup build
	@exec bin/samenclaim demo

test: setup-test
	@.ci/test

bench: setup-bench
	go test -run '^$$' -bench . -benchmem ./...
	@$(MAKE) --no-print-directory load

load: setup-bench build
	go run ./cmd/bench -register 10000,100000$(BENCH_SIZE:%=,%) $(LOAD)

setup:
	@.ci/setup run

setup-bench:
	@.ci/setup bench

setup-test:
	@.ci/setup test

build:
	go build -buildvcs=false -o bin/samenclaim ./cmd/samenclaim

css: setup-test
	npm --prefix web run css

generate:
	go tool templ generate

fmt:
	go tool templ fmt web/ui
	gofmt -l -w cmd web claims payments participants mailer internal migrations
