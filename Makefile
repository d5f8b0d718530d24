# make run    the demo on http://localhost:8080; PORT=8081 for another port, FRESH=1 to start over
# make test   every check: format, vet, linter, Go tests, browser tests
.PHONY: run test bench setup setup-test build css generate fmt

run: setup build
	@exec bin/samenclaim demo

test: setup-test
	@.ci/test

bench: setup build
	go test -run '^$$' -bench . -benchmem ./...
	if [ -d cmd/bench ]; then go run ./cmd/bench; fi

setup:
	@.ci/setup run

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
