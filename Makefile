.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
.PHONY: help setup
help:
	@echo todo
setup: ; @echo todo
