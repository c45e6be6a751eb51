# cachemap: the library (src/), the fuzzer that proves it, and the tests of both. `make help` lists
# the targets. Compilers are looked for when a target runs, because `make fuzz` and `make test`
# install what a fresh machine lacks first.

SHELL := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:

BUILD := build
# The newest clang that is there; 14 is the oldest that is tested. Override: make CLANG=clang-14.
CLANG ?= $(or $(shell command -v clang-19),clang)
GCC ?= gcc
LLVM_SUFFIX := $(patsubst clang%,%,$(notdir $(CLANG)))

FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1

INCLUDES := -Isrc -Iharness
STANDARD := -std=c11 -D_DEFAULT_SOURCE
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wcast-qual -Wformat=2 -Wundef -Wvla -Werror
CXX_WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
COUNTERS := -fsanitize-coverage=inline-8bit-counters,pc-table
FUZZING := -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

LIBRARY := $(wildcard src/*.h)
HEADERS := $(LIBRARY) $(wildcard harness/*.h) $(wildcard tests/*.h)
HARNESS := $(filter-out harness/stop.c,$(wildcard harness/*.c))
# What touches the map's memory is sanitized, and what has the library's code in it is instrumented.
# The rest of the harness is neither: it would take a third of the time, and its branches are no news
# of the map.
SANITIZED := harness/subject.c harness/subject_instances.c harness/key.c

.PHONY: help
help:
	@echo 'make fuzz          install what is missing, build, fuzz for FUZZ_SECONDS ($(FUZZ_SECONDS)) seconds'
	@echo 'make test          install what is missing, build and run all tests'
	@echo 'make all           build ./fuzz_cachemap ./fuzz_trace ./trace ./soak'
	@echo 'make bugs          plant each bug of bugs/, see that the fuzzer finds it'
	@echo 'make coverage      lines and branches of src/ that the corpus reaches'
	@echo 'make corpus        minimise a long run into a new corpus/ (shows what would change)'
	@echo 'make performance   executions and ops per second, and where the time goes'
	@echo 'make format tidy   clang-format in place; clang-tidy'
	@echo 'make clean         remove what was built; corpus and findings stay'

# ---- Programs. -------------------------------------------------------------------------------------

.PHONY: all
all: fuzz_cachemap fuzz_trace trace soak

fuzz_objects = $(patsubst %.c,$(BUILD)/fuzz/%.o,$(HARNESS) fuzz_targets/$(1).c)
plain_objects = $(patsubst %.c,$(BUILD)/plain/%.o,$(HARNESS) harness/stop.c tools/$(1).c)
asan_objects = $(patsubst %.c,$(BUILD)/asan/%.o,$(HARNESS) harness/stop.c tools/$(1).c)

fuzz_cachemap: $(call fuzz_objects,fuzz_cachemap)
	@echo 'link  $@'
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@

fuzz_trace: $(call fuzz_objects,fuzz_trace)
	@echo 'link  $@'
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@

# The second target is about the readers: there they are instrumented.
$(BUILD)/fuzz/fuzz_targets/fuzz_trace.o $(BUILD)/fuzz/harness/trace_text.o \
$(BUILD)/fuzz/harness/codec.o $(BUILD)/fuzz/harness/geometry.o: FUZZ_FLAGS = -O1 $(SANITIZERS) $(COUNTERS)
$(patsubst %.c,$(BUILD)/fuzz/%.o,$(SANITIZED)): FUZZ_FLAGS = -O1 $(SANITIZERS) $(COUNTERS)
$(BUILD)/fuzz/%: FUZZ_FLAGS = -O2

$(BUILD)/fuzz/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	@echo 'fuzz  $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -fno-omit-frame-pointer $(FUZZING) $(FUZZ_FLAGS) -c $< -o $@

trace: $(call plain_objects,trace)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

soak: $(call plain_objects,soak)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(BUILD)/plain/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	@echo 'plain $<'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O2 -c $< -o $@

# ./trace with everything sanitized, the harness too.
$(BUILD)/trace-asan: $(call asan_objects,trace)
	@echo 'link  $@'
	@$(CLANG) $(SANITIZERS) $^ -o $@

$(BUILD)/asan/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	@echo 'asan  $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O1 -fno-omit-frame-pointer $(FUZZING) $(SANITIZERS) -c $< -o $@
