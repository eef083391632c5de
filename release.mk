# What is released: the image, and the wheel and source distribution. Included by the Makefile.

NAME := $(shell sed -n 's/^  dockerRepository: //p' metadata.yaml)
VERSION := $(shell sed -n 's/^  dockerImageTag: //p' metadata.yaml)

ENGINE ?= docker
IMAGE ?= $(NAME):$(VERSION)
# Empty for the one in the Dockerfile.
BASE_IMAGE ?=

.PHONY: image
image: ## Build the image; ENGINE, IMAGE, BASE_IMAGE can be given
	$(ENGINE) build --tag $(IMAGE) --build-arg NAME=$(NAME) --build-arg VERSION=$(VERSION) \
		$(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) .

.PHONY: push
push: ## Build the image and push it to REGISTRY
	$(if $(REGISTRY),,$(error give the REGISTRY, such as registry.example.com/data))
	$(MAKE) image IMAGE=$(REGISTRY)/source-kaltura-rooms:$(VERSION)
	$(ENGINE) push $(REGISTRY)/source-kaltura-rooms:$(VERSION)

.PHONY: test-image
test-image: setup ## Build and run the image; may install podman
	container_tests/engine.sh $(BIN)/pytest container_tests

.PHONY: dist
dist: setup ## Build wheel and source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

.PHONY: test-wheel
test-wheel: dist ## Run the four commands of the wheel, installed alone
	rm -rf .venv-wheel
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt dist/*.whl
	CONNECTOR='$(CURDIR)/.venv-wheel/bin/source-kaltura-rooms' $(BIN)/pytest release_tests

.PHONY: connectors-qa
connectors-qa: .venv-qa/ready ## Airbyte's quality checks; sets up a lot
	.venv-qa/bin/python tools/connectors_qa.py

# Airbyte publishes the package for Python 3.11 and 3.12.
.venv-qa/ready:
	$(PYTHON) -m venv .venv-qa
	.venv-qa/bin/pip install --quiet --disable-pip-version-check 'airbyte-internal-ops==0.132.0'
	touch $@

# Where the repository and its tracker are. This is the one place to look; `make address` sets it.
ADDRESS := https://github.com/OWNER/source-kaltura-rooms
PAGE := docs/integrations/sources/kaltura-rooms.md
FORM := source_kaltura_rooms/spec.yaml
NAMES_THE_ADDRESS := release.mk README.md SECURITY.md .github/ISSUE_TEMPLATE/config.yml $(PAGE)

.PHONY: address
address: ## Set the REPOSITORY's address wherever it is named
	$(if $(REPOSITORY),,$(error give the REPOSITORY, such as https://github.com/you/source-kaltura-rooms))
	sed -i.bak 's|$(ADDRESS)|$(REPOSITORY)|g' $(NAMES_THE_ADDRESS)
	sed -i.bak 's|^documentationUrl: .*|documentationUrl: $(REPOSITORY)/blob/main/$(PAGE)|' $(FORM)
	rm -f $(addsuffix .bak,$(NAMES_THE_ADDRESS) $(FORM))

.PHONY: check-address
check-address: ## Whether the address of the repository was set
	$(if $(findstring OWNER,$(ADDRESS)),$(error set the address first: make address REPOSITORY=…))@:

.PHONY: check-tag
check-tag: ## Whether TAG is the one for the version at hand
	test "$(TAG)" = "v$(VERSION)"
