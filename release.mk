# What is released: the image, and the wheel and source distribution. Included by the Makefile.

NAME := $(shell sed -n 's/^  dockerRepository: //p' metadata.yaml)
VERSION := $(shell sed -n 's/^  dockerImageTag: //p' metadata.yaml)

ENGINE ?= docker
IMAGE ?= $(NAME):$(VERSION)
# Empty for the one in the Dockerfile.
BASE_IMAGE ?=

.PHONY: image
image: ## Build the connector's image; ENGINE, IMAGE and BASE_IMAGE can be given
	$(ENGINE) build --tag $(IMAGE) --build-arg NAME=$(NAME) --build-arg VERSION=$(VERSION) \
		$(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) .

.PHONY: push
push: ## Build the image and push it to REGISTRY, such as registry.example.com/data
	$(if $(REGISTRY),,$(error give the REGISTRY, such as registry.example.com/data))
	$(MAKE) image IMAGE=$(REGISTRY)/source-kaltura-rooms:$(VERSION)
	$(ENGINE) push $(REGISTRY)/source-kaltura-rooms:$(VERSION)

.PHONY: test-image
test-image: setup ## Build the image and run it as Airbyte does; installs podman if nothing else is there
	container_tests/engine.sh $(BIN)/pytest container_tests

.PHONY: dist
dist: setup ## Build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

.PHONY: test-wheel
test-wheel: dist ## Install the built wheel alone, with pinned dependencies, and run its four commands
	rm -rf .venv-wheel
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	CONNECTOR=$(CURDIR)/.venv-wheel/bin/source-kaltura-rooms $(BIN)/pytest release_tests

.PHONY: connectors-qa
connectors-qa: .venv-qa/ready ## Airbyte's quality checks of connectors; sets up a large environment
	.venv-qa/bin/python tools/connectors_qa.py

# Airbyte publishes the package for Python 3.11 and 3.12.
.venv-qa/ready:
	$(PYTHON) -m venv .venv-qa
	.venv-qa/bin/pip install --quiet --disable-pip-version-check 'airbyte-internal-ops==0.132.0'
	touch $@

.PHONY: check-tag
check-tag: ## Whether TAG is the one for the version at hand
	test "$(TAG)" = "v$(VERSION)"
