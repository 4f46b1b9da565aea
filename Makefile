# Short names for ./dev; arguments go into ARGS: make test ARGS="-k cancel"
.PHONY: help dev test check bench

help: ## list what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1 — /'

dev: ## start Jobwire here
	@./dev $(ARGS)

test: ## run the tests
	@./dev test $(ARGS)

check: ## run all other checks
	@./dev check $(ARGS)

bench: ## run the benchmarks
	@./dev bench $(ARGS)
