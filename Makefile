# SPDX-License-Identifier: Apache-2.0
# cachemap: the library (src/), the fuzzer that proves it, and the tests of both. `make help` lists
# the targets. Compilers are looked for when a target runs, because `make fuzz` and `make test`
# install what a fresh machine lacks first.

SHELL := /bin/bash
.SUFFIXES:
.DELETE_ON_ERROR:

BUILD := build
# `make BUILD=/elsewhere ...`: nothing is written here, everything there.
ifneq ($(BUILD),build)
ELSEWHERE := $(or $(MAKECMDGOALS),help)
.PHONY: $(ELSEWHERE) elsewhere
$(ELSEWHERE): elsewhere
	@:
elsewhere:
	@scripts/mirror.sh '$(BUILD)'
	+@$(MAKE) --no-print-directory -C '$(BUILD)/tree' BUILD=build $(patsubst $(BUILD)/%,build/%,$(ELSEWHERE))
else

# The newest clang that is there; 14 is the oldest that is tested. Override: make CLANG=clang-14.
CLANG ?= $(or $(shell command -v clang-19),clang)
GCC ?= gcc

FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= 1
COVERAGE_SECONDS ?= 60
# By the environment, where a value is no part of a command, whatever it is.
export FUZZ_SECONDS FUZZ_JOBS COVERAGE_SECONDS

# Whose streams the floor runs: a folder with tables.h and what harness/run.h names, or subjects/plain/plain.h does.
# `make SUBJECT=tests/second_subject all` has all that it builds in build/second_subject/.
SUBJECT := subjects/cachemap
NAME := $(notdir $(SUBJECT))
ifneq ($(SUBJECT),subjects/cachemap)
ifeq ($(shell grep -s 'SUBJECT_FOLDER *"$(SUBJECT)"' '$(SUBJECT)/tables.h'),)
$(error SUBJECT=$(SUBJECT): there is no $(SUBJECT)/tables.h in which SUBJECT_FOLDER is "$(SUBJECT)")
endif
override BUILD := $(BUILD)/$(NAME)
HERE := $(BUILD)/
endif
# More for the compiler where the subject calls the structure: a planted bug.
SUBJECT_FLAGS :=
INCLUDES := -Isrc -I$(SUBJECT) -Iharness -Isubjects/plain -Itools
STANDARD := -std=c11 -D_DEFAULT_SOURCE
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wcast-qual -Wformat=2 -Wundef -Wvla -Werror
CXX_WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
# No fake stacks where fuzzing is fast: a value that was stored by its address on a stack shows as a wrong
# value, and the detection took a fifth of the time. The sanitized tests and OSS-Fuzz have it.
FUZZ_SANITIZERS := $(SANITIZERS) -fsanitize-address-use-after-return=never
# What is instrumented; the canary of the tests has it compiled in a fifth of the time.
FUZZ_LEVEL := -O1
COUNTERS := -fsanitize-coverage=inline-8bit-counters,pc-table \
            -fsanitize-coverage-ignorelist=fuzz_targets/coverage-ignore.txt
FUZZING := -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

# What an object or a program is made of besides its source is what the compiler read (-MMD), and this file.
# -MP: a header that is gone asks for nothing. A file beside each object, NAME.d; beside a program, PROGRAM.d.
DEPENDENCIES = -MMD -MP -MT $@ -MF $@.d
# For a program of several sources in one command, of which each would write the same file: before it.
WRITE_DEPENDENCIES = -MM -MP -MT $@
# Processes and signals are the tools' alone.
TOOLS_ONLY := harness/stop.c harness/isolate.c harness/program.c
# What of subjects/plain the subject has no file of its own for; in a folder of both.
plain_of = $(foreach file,$(wildcard subjects/plain$(1)/*.c),$(if $(wildcard $(SUBJECT)$(1)/$(notdir $(file))),,$(file)))
HARNESS := $(filter-out $(TOOLS_ONLY),$(wildcard harness/*.c $(SUBJECT)/*.c) $(call plain_of))
tool_sources = $(HARNESS) $(TOOLS_ONLY) tools/$(1).c $(wildcard tools/$(1)_*.c $(SUBJECT)/$(1)/*.c) $(call plain_of,/$(1))
# What touches the map's memory is sanitized, and what has the library's code in it is instrumented.
# The rest of the harness is neither: it would take a third of the time, and its branches are no news
# of the map.
SANITIZED := $(addprefix $(SUBJECT)/,subject.c subject_damage.c subject_instance_default.c key.c) $(wildcard $(SUBJECT)/subject_instances*.c)

.PHONY: help
help:
	@echo 'make fuzz          install what is missing, build, fuzz for FUZZ_SECONDS ($(FUZZ_SECONDS)) seconds'
	@echo 'make test          install what is missing (compilers, cmocka), build and test: two minutes of CPU time'
	@echo 'make test-all      the same, and everything else that is tested: Chromium, emulators, documents, ...'
	@echo 'make test ONLY=NAME  one step of either, by its name or a part of it; they are listed below'
	@echo 'make BUILD=/elsewhere ...  writes nothing here, all there: for a checkout that is read-only'
	@echo 'make oss-fuzz-check  every build that OSS-Fuzz makes, each checked: oss-fuzz/README.md (minutes)'
	@echo 'make test-page     the tests of the page of ./trace html alone, in headless Chromium'
	@echo 'make all           build ./fuzz_cachemap ./fuzz_trace ./trace ./soak ./explore ./tables'
	@echo 'make SUBJECT=tests/second_subject all  the same for another structure: CONTRIBUTING.md'
	@echo 'make examples      the programs of examples/, into build/examples/; make test-examples tests them'
	@echo 'make bugs          plant each bug of bugs/ and bugs/ways/, see that the fuzzer finds it'
	@echo 'make ways          the fuzz target compiled in other ways, ten seconds each; one of them: make fuzz-NAME,'
	@echo '                   NAME of $(WAYS)'
	@echo 'make layers        each layer of the oracle finds a bug that no other layer finds'
	@echo 'make coverage      lines, branches and MC/DC of src/ that the corpus reaches; fails for a gap'
	@echo 'make coverage-empty  fuzz COVERAGE_SECONDS ($(COVERAGE_SECONDS)) seconds from nothing: branches reached'
	@echo 'make mutants       the mutation score: every small change of src/, and what finds it'
	@echo 'make witnesses     look for shorter witnesses, write them into witnesses/ (minutes)'
	@echo 'make reduced       each planted bug from artifact to shortest trace: bugs/traces/ and its README.md'
	@echo 'make build/trace-debug  ./trace for a debugger: `./trace gdb` starts it'
	@echo 'make explore-small every state of small worlds, with every layer: docs/proofs.md (seconds)'
	@echo 'make explore-large of larger ones (minutes); make explore-bugs: the shortest trace of each planted bug'
	@echo 'make test-matrix test-afl  each kind of cell can fail, and so can make afl (minutes; not in make test-all)'
	@echo 'make merge         minimise what fuzzing found with corpus/; nothing may be lost; APPLY=1 replaces it'
	@echo 'make afl           AFL++ on the fuzz target for FUZZ_SECONDS; what it finds goes where make fuzz has it'
	@echo 'make matrix        the same digests in every build: compilers, levels, sanitizers, machines (minutes)'
	@echo 'make survival      time to each planted bug, beside other fuzzers and without our ingredients (hours)'
	@echo 'make hit-ratio     hit ratios beside LRU, SIEVE and others: docs/hit-ratio.md and its plot (a minute)'
	@echo 'make campaign      fuzz for HOURS (8) with JOBS processes; interrupted, it goes on: docs/campaigns.md'
	@echo 'make report        a page of the campaign: build/campaign/report.html'
	@echo 'make test-report   the tests of that page alone, in headless Chromium'
	@echo 'make bench         the library against its peers, as ratios: docs/speed.md (15 minutes)'
	@echo 'make instructions  how many instructions a call of the library is: docs/speed.md'
	@echo 'make performance   executions and ops per second, and where the time goes'
	@echo 'make sizing-table  how many keys a cache keeps, what a layout and a hash cost: docs/sizing.md'
	@echo 'make format tidy   clang-format in place; clang-tidy'
	@echo 'make docs          pages of the interface and the documents, by doxygen: build/docs/html/index.html'
	@echo 'make install       headers, pkg-config file, CMake package, manual; PREFIX= DESTDIR=: docs/install.md'
	@echo 'make uninstall     takes away what install wrote, with the same variables'
	@echo 'make install-test  builds programs against an installed tree, in each way that docs/install.md names'
	@echo 'make clean         remove what was built; corpus and findings stay'
	@echo
	@echo 'The steps of make test, and those that make test-all has besides:'
	@scripts/test.sh list

# ---- Programs. -------------------------------------------------------------------------------------

.PHONY: all
all: $(addprefix $(HERE),fuzz_$(NAME) fuzz_trace trace soak explore tables)

fuzz_objects = $(patsubst %.c,$(BUILD)/fuzz/%.o,$(HARNESS) fuzz_targets/$(1).c)
plain_objects = $(patsubst %.c,$(BUILD)/plain/%.o,$(tool_sources))
asan_objects = $(patsubst %.c,$(BUILD)/asan/%.o,$(tool_sources))

fuzz_cachemap fuzz_trace: %: $(BUILD)/%
	@cp $< $@

$(BUILD)/fuzz_$(NAME): $(call fuzz_objects,fuzz_cachemap)
	@echo 'link  $@'
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@

$(BUILD)/fuzz_trace: $(call fuzz_objects,fuzz_trace)
	@echo 'link  $@'
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@

# The second target is about the readers: there they are instrumented.
$(BUILD)/fuzz/fuzz_targets/fuzz_trace.o $(BUILD)/fuzz/harness/trace_text.o \
$(BUILD)/fuzz/harness/codec.o: FUZZ_FLAGS = $(FUZZ_LEVEL) $(FUZZ_SANITIZERS) $(COUNTERS)
$(patsubst %.c,$(BUILD)/fuzz/%.o,$(SANITIZED)): FUZZ_FLAGS = $(FUZZ_LEVEL) $(FUZZ_SANITIZERS) $(COUNTERS)
$(BUILD)/fuzz/%: FUZZ_FLAGS = -O2
# Stacks have functions and lines there. What else -g tells is a sixth of the time to compile the instances;
# a debugger has build/trace-debug.
$(BUILD)/fuzz/subjects/cachemap/subject_instances.o: FUZZ_FLAGS += -gline-tables-only
# The library's bodies once more, with another batch: their edges are no news.
$(BUILD)/fuzz/subjects/cachemap/subject_instance_default.o: FUZZ_FLAGS = $(FUZZ_LEVEL) $(FUZZ_SANITIZERS) -gline-tables-only

$(BUILD)/fuzz/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'fuzz  $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -fno-omit-frame-pointer $(FUZZING) $(FUZZ_FLAGS) $(DEPENDENCIES) -c $< -o $@

$(HERE)trace: $(call plain_objects,trace)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(HERE)tables: $(call plain_objects,tables)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(HERE)soak: $(call plain_objects,soak)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(foreach way,plain fuzz asan fast,$(BUILD)/$(way)/$(SUBJECT)/subject.o): INCLUDES += $(SUBJECT_FLAGS)
# The instances take a third less to compile so.
PLAIN_LEVEL = -O2
$(BUILD)/plain/subjects/cachemap/subject_instances.o: PLAIN_LEVEL = -O1
$(BUILD)/plain/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'plain $<'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -g $(PLAIN_LEVEL) $(DEPENDENCIES) -c $< -o $@

# ./soak in which each access of the library to a map's block is counted and compared with section 12 of the contract.
# The instances call the hooks of ThreadSanitizer, whose runtime is not linked: touches/subject_touches.c is there.
TOUCHES := $(wildcard $(SUBJECT)/touches/*.c)
touches_objects = $(filter-out %/subject_instances.o %/subject_watch.o,$(patsubst %.c,$(BUILD)/plain/%.o,$(call tool_sources,$(1)))) \
    $(patsubst %.c,$(BUILD)/plain/%.o,$(TOUCHES)) $(BUILD)/touches/$(SUBJECT)/subject_instances.o
$(BUILD)/touches/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'touch $<'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O1 -fsanitize=thread -fsanitize-coverage=trace-pc $(DEPENDENCIES) -c $< -o $@

# What ./soak finds there, ./trace explains and reduces there.
$(BUILD)/soak-touches: $(call touches_objects,soak)
$(BUILD)/trace-touches: $(call touches_objects,trace)
$(BUILD)/soak-touches $(BUILD)/trace-touches:
	@echo 'link  $@'
	@$(GCC) $^ -Wl,--wrap=memcpy -Wl,--wrap=memset -o $@

# ---- The explorer: every state of a small world. ---------------------------------------------------

# The subject's part asks of the library what no input can reach: it is in no other program.
EXPLORER := $(wildcard explorer/*.c $(SUBJECT)/explore/*.c) $(call plain_of,/explore)
EXPLORER_INCLUDES := -Iexplorer -I$(SUBJECT)/explore -Isubjects/plain/explore
explorer_objects = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(HARNESS) $(TOOLS_ONLY) $(EXPLORER))
$(foreach way,plain asan fast,$(patsubst %.c,$(BUILD)/$(way)/%.o,$(EXPLORER))): INCLUDES += $(EXPLORER_INCLUDES)

$(HERE)explore: $(call explorer_objects,plain)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

# Everything sanitized: a read of a free place is a finding.
$(BUILD)/explore-asan: $(call explorer_objects,asan)
	@echo 'link  $@'
	@$(CLANG) $(SANITIZERS) $^ -o $@

# Falsifies what it tests: codes of states.
EXPLORER_TEST_OBJECTS := $(filter-out %/explore.o,$(call explorer_objects,plain))
$(BUILD)/test/explorer/%: tests/%.c Makefile $(EXPLORER_TEST_OBJECTS)
	@mkdir -p $(@D)
	@echo 'test  $<'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -Itests $(EXPLORER_INCLUDES) -g -O2 $(DEPENDENCIES) $< $(EXPLORER_TEST_OBJECTS) -Wl,--wrap=live_encode -lcmocka -o $@

.PHONY: explore-small explore-large explore-bugs
explore-small explore-large: explore-%: explore
	@scripts/explore.sh $*

explore-bugs:
	@scripts/need.sh bugs
	@scripts/explore.sh bugs

# For planted bugs, as $(BUILD)/soak-fast is.
$(BUILD)/explore-fast: $(call explorer_objects,fast)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

# What ./trace writes out again, as C: the page, the parts of programs. Any compiler line over tools/trace*.c finds
# it once `make embedded` was run.
EMBEDDED := tools/embedded.h subjects/cachemap/trace/embedded.h
PAGE := $(addprefix tools/page/,page.html page.css record.js elements.js panels.js) $(wildcard subjects/*/page/*.js) tools/page/page.js
.PHONY: embedded
embedded: $(EMBEDDED)
tools/embedded.h: tools/embed.sh $(PAGE)
	@echo 'embed tools/page/'
	@tools/embed.sh page_html $(filter %.html,$(PAGE)) -- page_css $(filter %.css,$(PAGE)) -- page_js $(filter %.js,$(PAGE)) > $@
subjects/cachemap/trace/embedded.h: tools/embed.sh $(addprefix subjects/cachemap/program/,common.h map.c large.c)
	@echo 'embed subjects/cachemap/program/'
	@tools/embed.sh program_common subjects/cachemap/program/common.h -- program_map subjects/cachemap/program/map.c -- program_large subjects/cachemap/program/large.c > $@
$(foreach way,plain asan debug coverage fast,$(BUILD)/$(way)/tools/trace_html.o): tools/embedded.h
$(foreach way,plain asan debug coverage fast,$(BUILD)/$(way)/subjects/cachemap/trace/program_parts.o): subjects/cachemap/trace/embedded.h

# ./trace with everything sanitized, the harness too.
$(BUILD)/trace-asan: $(call asan_objects,trace)
	@echo 'link  $@'
	@$(CLANG) $(SANITIZERS) $^ -o $@

# Where the time of a replay goes is the harness.
ASAN_LEVEL = -O1
$(BUILD)/asan/tools/%: ASAN_LEVEL = -O0
$(BUILD)/asan/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'asan  $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g $(ASAN_LEVEL) -fno-omit-frame-pointer $(FUZZING) $(SANITIZERS) $(DEPENDENCIES) -c $< -o $@

# The instances are those of the fuzz target, sanitized as they are: 10 s of compiling. What fake stacks would find
# in the library's bodies the sanitized unit tests find.
$(BUILD)/asan/subjects/cachemap/subject_instances.o: $(BUILD)/fuzz/subjects/cachemap/subject_instances.o
	@mkdir -p $(@D)
	@cp $< $@

# ./trace for a debugger: nothing optimised or inlined. `./trace gdb` starts it.
debug_objects = $(patsubst %.c,$(BUILD)/debug/%.o,$(tool_sources))

$(BUILD)/trace-debug: $(call debug_objects,trace)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(BUILD)/debug/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'debug $<'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -g3 -O0 '-DCACHE_MAP_INLINE=static inline' $(DEPENDENCIES) -c $< -o $@

# ./trace for coverage: clang's source coverage, one copy of each body for all layouts, assertions
# taken out. The instance of the defaults is the same bodies once more: not counted. The compiler's words are kept: they name the decisions that it cannot instrument.
coverage_objects = $(patsubst %.c,$(BUILD)/coverage/%.o,$(tool_sources))
$(patsubst %.c,$(BUILD)/coverage/%.o,$(filter-out %_default.c,$(SANITIZED))): COVERAGE_FLAGS = -O1 -fprofile-instr-generate -fcoverage-mapping $(MCDC)
# MC/DC is clang 18's and newer's. The recursive = asks the compiler only where the answer is used.
MCDC = $(shell $(CLANG) -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc -fsyntax-only -x c /dev/null \
         2>/dev/null && echo -fcoverage-mcdc)

$(BUILD)/trace-coverage: $(call coverage_objects,trace)
	@echo 'link  $@'
	@$(CLANG) -fprofile-instr-generate $^ -o $@

$(BUILD)/coverage/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'cover $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O1 -DCACHEMAP_COVERAGE '-DCACHE_MAP_ASSERT(condition)=((void)0)' -Wno-unused-parameter -Wno-unused-variable $(COVERAGE_FLAGS) $(DEPENDENCIES) -c $< -o $@ 2>$(@:.o=.diagnostics) || { cat $(@:.o=.diagnostics) >&2; exit 1; }

.PHONY: print-clang print-sanitized print-mcdc print-warnings
print-clang:
	@echo $(CLANG)
print-sanitized:
	@echo $(SANITIZED)
print-warnings:
	@echo $(WARNINGS)
print-mcdc:
	@echo $(MCDC)

# ---- The main job. ---------------------------------------------------------------------------------

.PHONY: fuzz
fuzz:
	@scripts/numbers.sh "FUZZ_SECONDS=$$FUZZ_SECONDS" "FUZZ_JOBS=$$FUZZ_JOBS"
	@scripts/need.sh fuzz
	@$(MAKE) --no-print-directory -j$$(nproc) fuzz_cachemap
	@scripts/fuzz.sh

.PHONY: coverage
coverage:
	@scripts/need.sh coverage
	@scripts/coverage.sh corpus

.PHONY: coverage-empty
coverage-empty:
	@scripts/numbers.sh "COVERAGE_SECONDS=$$COVERAGE_SECONDS"
	@scripts/need.sh coverage
	@$(MAKE) --no-print-directory -j$$(nproc) fuzz_cachemap $(BUILD)/trace-coverage
	@scripts/coverage_empty.sh

# ---- Tests. ----------------------------------------------------------------------------------------

UNITS := $(patsubst tests/%.c,%,$(wildcard tests/unit_*.c)) conformance
HARNESS_TESTS := $(patsubst tests/%.c,%,$(wildcard tests/harness_*.c))
TEST_INCLUDES := $(INCLUDES) -Itests
# Three ways to build a library test: sanitized, as gcc users get it, and without vectors, builtins and
# 128-bit integers. The sanitized ones are not optimised, and the instances of the layouts share their bodies there:
# they compile in a fifth of the time, and run for seconds.
TEST_asan = $(CLANG) -O0 -fno-omit-frame-pointer $(SANITIZERS) '-DCACHE_MAP_INLINE=static inline'
TEST_gcc = $(GCC) -O2
TEST_portable = $(CLANG) -O0 $(SANITIZERS) -DCACHE_MAP_PORTABLE '-DCACHE_MAP_INLINE=static inline'

define test_rule
$(BUILD)/test/$(1)/%: tests/%.c Makefile
	@mkdir -p $$(@D)
	@echo 'test  $$< ($(1))'
	@$$(TEST_$(1)) $(STANDARD) $(WARNINGS) $(TEST_INCLUDES) -g $$(DEPENDENCIES) $$< -lcmocka -lm -o $$@
endef
$(foreach way,asan gcc portable,$(eval $(call test_rule,$(way))))

# Functions of the subject that harness_oracle falsifies.
WRAPPED := $(addprefix subject_,init init_refused balanced upsert upsert_many remove get get_many lookup read has \
           compact scope_close counts set entry place check digest free_slots_poisoned views_agree record \
           memory_size misnamed_status deinit check_misses gone each excess fault held_intact walk_agrees) \
           key_hash_differs
$(BUILD)/test/harness/harness_oracle: WRAP = $(foreach name,$(WRAPPED),-Wl,--wrap=$(name))
$(BUILD)/test/harness/harness_witness: WRAP = -Wl,--wrap=subject_remove
$(BUILD)/test/harness/harness_touched: WRAP = -Wl,--wrap=subject_demote
$(BUILD)/test/harness/harness_isolate: WRAP = -Wl,--wrap=subject_remove
HARNESS_TEST_OBJECTS := $(patsubst %.c,$(BUILD)/asan/%.o,$(HARNESS) harness/isolate.c)
$(BUILD)/test/harness/%: tests/%.c Makefile $(HARNESS_TEST_OBJECTS)
	@mkdir -p $(@D)
	@echo 'test  $<'
	@$(TEST_asan) $(STANDARD) $(WARNINGS) $(TEST_INCLUDES) $(FUZZING) -g $(DEPENDENCIES) $< $(HARNESS_TEST_OBJECTS) $(WRAP) -lcmocka -lm -o $@

$(BUILD)/test/unit_header_cpp_gcc: tests/unit_header.cpp Makefile
	@mkdir -p $(@D)
	@echo 'test  $< (g++)'
	@g++ -std=c++17 $(CXX_WARNINGS) $(TEST_INCLUDES) -g $(DEPENDENCIES) $< -lcmocka -o $@

$(BUILD)/test/unit_header_cpp_clang: tests/unit_header.cpp Makefile
	@mkdir -p $(@D)
	@echo 'test  $< (clang++)'
	@$(subst clang,clang++,$(notdir $(CLANG))) -std=c++17 $(CXX_WARNINGS) $(TEST_INCLUDES) -g $(DEPENDENCIES) $< -lcmocka -o $@

TEST_PROGRAMS := $(foreach way,asan gcc portable,$(UNITS:%=$(BUILD)/test/$(way)/%)) \
                 $(HARNESS_TESTS:%=$(BUILD)/test/harness/%) \
                 $(BUILD)/test/explorer/explorer_enumeration \
                 $(BUILD)/test/bench/bench_hit_ratio \
                 $(BUILD)/test/unit_header_cpp_gcc $(BUILD)/test/unit_header_cpp_clang
TEST_PROGRAMS += $(BUILD)/test/threads_tsan

# The steps, their tiers and what each needs to be built: scripts/test.sh. REST=1: what `make test` has not.
.PHONY: test test-all
test:
	@scripts/need.sh $(if $(ONLY),$$(scripts/test.sh tier),test)
	@scripts/test.sh test

test-all:
	@scripts/need.sh $(if $(ONLY),$$(scripts/test.sh tier),test-all)
	@scripts/test.sh $(if $(REST),rest,test-all)

.PHONY: test-programs
test-programs: $(TEST_PROGRAMS)

# The page of ./trace html alone.
.PHONY: test-page
test-page:
	@scripts/need.sh page
	@$(MAKE) --no-print-directory -j$$(nproc) trace
	@tests/page.sh

# `make test-all` has only libFuzzer with AddressSanitizer, and the bad targets.
.PHONY: oss-fuzz-check
oss-fuzz-check:
	@scripts/need.sh oss-fuzz
	@tests/oss_fuzz.sh --all

# What is generated from the tables of the harness; tests/documents.sh compares it.
.PHONY: dictionary
dictionary: tables
	./tables dictionary > dict/fuzz_cachemap.dict

# ---- Examples: real programs over the public header, plain and sanitized; the threads. --------------

# An example NAME is examples/NAME.c with examples/NAME_*.c.
EXAMPLES := sqlite_cache request_log sharded siphash
EXAMPLE_LIBRARIES_sqlite_cache := -lsqlite3
EXAMPLE_LIBRARIES_request_log := -lm
EXAMPLE_LIBRARIES_sharded := -pthread
EXAMPLE_plain = $(GCC) -O2
EXAMPLE_asan = $(CLANG) -O1 -fno-omit-frame-pointer $(SANITIZERS)
EXAMPLE_tsan = $(CLANG) -O1 -fno-omit-frame-pointer -fsanitize=thread

# $(1) the folder under build/, $(2) the way, $(3) the example
define example_rule
$(BUILD)/$(1)/$(3): $(wildcard examples/$(3).c examples/$(3)_*.c) Makefile
	@mkdir -p $$(@D)
	@echo 'build $$@'
	@$$(EXAMPLE_$(2)) $(STANDARD) -Isrc $$(WRITE_DEPENDENCIES) $$(filter %.c,$$^) >$$@.d
	@$$(EXAMPLE_$(2)) $(STANDARD) $(WARNINGS) -Isrc -g $$(filter %.c,$$^) $(EXAMPLE_LIBRARIES_$(3)) -o $$@
endef
$(foreach name,$(EXAMPLES),$(eval $(call example_rule,examples,plain,$(name)))\
    $(eval $(call example_rule,examples/asan,asan,$(name))))
$(eval $(call example_rule,examples/tsan,tsan,sharded))

# Distinct maps share nothing: tests/threads.sh.
$(BUILD)/test/threads_tsan: tests/threads.c Makefile
	@mkdir -p $(@D)
	@echo 'test  $< (tsan)'
	@$(EXAMPLE_tsan) $(STANDARD) $(WARNINGS) $(TEST_INCLUDES) -g $(DEPENDENCIES) $< -pthread -o $@

EXAMPLE_PROGRAMS := $(EXAMPLES:%=$(BUILD)/examples/%) $(EXAMPLES:%=$(BUILD)/examples/asan/%) \
                    $(BUILD)/examples/tsan/sharded

.PHONY: example-programs examples test-examples
example-programs: $(EXAMPLE_PROGRAMS)
examples:
	@scripts/need.sh examples
	@$(MAKE) --no-print-directory -j$$(nproc) $(EXAMPLE_PROGRAMS)

test-examples: examples
	@$(MAKE) --no-print-directory $(BUILD)/test/threads_tsan
	@tests/examples.sh
	@tests/request_log.sh
	@tests/threads.sh

# ---- Planted bugs, corpus, measurements. -----------------------------------------------------------

.PHONY: bugs
bugs:
	@scripts/need.sh bugs
	@$(MAKE) --no-print-directory -j$$(nproc) fuzz_cachemap
	@scripts/planted.sh bugs $(BUGS)
	@$(if $(BUGS),,scripts/need.sh ways && scripts/planted.sh ways)

.PHONY: reduced
reduced:
	@scripts/need.sh bugs
	@scripts/planted.sh reduced $(BUGS)

# Each layer of the oracle has a bug that it alone finds. Built without copies of the library's bodies:
# in seconds, for each bug anew.
FAST = $(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) $(FUZZING) -O1
fast_objects = $(patsubst %.c,$(BUILD)/fast/%.o,$(tool_sources))

$(BUILD)/soak-fast: $(call fast_objects,soak)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(BUILD)/trace-fast: $(call fast_objects,trace)
	@echo 'link  $@'
	@$(GCC) $^ -o $@

$(BUILD)/fast/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'fast  $<'
	@$(FAST) $(DEPENDENCIES) -c $< -o $@

.PHONY: layers
layers:
	@scripts/need.sh bugs
	@scripts/planted.sh layers

.PHONY: witnesses
witnesses: trace
	@./trace witness --search --seed $(or $(SEED),1) --streams $(or $(STREAMS),20000)

include make/studies.mk
include make/ways.mk

# ---- Campaigns: docs/campaigns.md. -----------------------------------------------------------------

# Settings reach the scripts as variables of the environment: HOURS, JOBS, FOLDER, ...
.PHONY: campaign report test-report
campaign:
	@scripts/need.sh campaign
	@$(if $(filter yes,$(AFL)),scripts/need.sh afl)
	@$(MAKE) --no-print-directory -j$$(nproc) fuzz_cachemap trace $(BUILD)/trace-asan \
	    $(if $(filter yes,$(AFL)),$(BUILD)/afl $(BUILD)/afl_mutator.so)
	@scripts/campaign.py

report:
	@scripts/need.sh report
	@$(MAKE) --no-print-directory -j$$(nproc) trace
	@scripts/report.py

test-report:
	@scripts/need.sh page
	@scripts/need.sh report
	@$(MAKE) --no-print-directory -j$$(nproc) trace
	@tests/report_page.sh

# ---- Every other way to run: compilers and machines, AFL++, and what all engines found. ---------------

# MATRIX='--fast', 'CELL...': see scripts/matrix.sh --help. JOBS reaches it.
.PHONY: matrix test-matrix afl test-afl merge
matrix:
	@scripts/need.sh matrix || echo 'matrix: cells whose compiler is missing are skipped'
	@$(MAKE) --no-print-directory -j$$(nproc) trace $(BUILD)/trace-asan $(BUILD)/trace-fast
	@scripts/matrix.sh $(MATRIX)

# Each kind of cell fails on a defect of its own kind; `make test-all` has the machines alone.
test-matrix:
	@scripts/need.sh matrix
	@$(MAKE) --no-print-directory -j$$(nproc) trace
	@tests/matrix.sh --all

afl:
	@scripts/numbers.sh "FUZZ_SECONDS=$$FUZZ_SECONDS"
	@scripts/need.sh afl
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/afl $(BUILD)/afl_mutator.so fuzz_cachemap trace
	@scripts/afl.sh

test-afl:
	@scripts/need.sh afl
	@scripts/need.sh bugs
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/afl $(BUILD)/afl_mutator.so fuzz_cachemap trace
	@tests/afl.sh

# What is built with clang's libFuzzer decides: one merge for all engines. APPLY=1, BUGS: scripts/merge.sh --help.
merge:
	@scripts/need.sh coverage
	@scripts/need.sh bugs
	@$(MAKE) --no-print-directory -j$$(nproc) fuzz_cachemap trace $(BUILD)/trace-coverage
	@scripts/merge.sh

# ---- Install: docs/install.md. ---------------------------------------------------------------------

# PREFIX, DESTDIR and so on reach the script by the environment.
.PHONY: install uninstall install-test
install uninstall:
	@scripts/install.sh $@

install-test:
	@scripts/need.sh install
	@tests/install.sh

# ---- Pages of the interface: build/docs/html. --------------------------------------------------------

.PHONY: docs
docs:
	@scripts/need.sh docs
	@scripts/docs.sh

# ---- Style. ----------------------------------------------------------------------------------------

SOURCES := $(filter-out $(EMBEDDED),$(wildcard src/*.h harness/*.[ch] subjects/*/*.[ch] subjects/*/*/*.[ch] explorer/*.[ch] fuzz_targets/*.c tools/*.c tests/*.[ch] tests/second_subject/*.[ch] tests/oss_fuzz/*.[ch] tests/*.cpp studies/*/*.[ch] studies/*/*.hpp studies/*/*.cpp tests/install/*.[ch] examples/*.[ch]))
TIDY_SOURCES := $(filter-out subjects/plain/%,$(wildcard harness/*.c subjects/*/*.c subjects/*/*/*.c explorer/*.c fuzz_targets/*.c tools/*.c studies/*/*.c examples/*.c))

.PHONY: format format-check tidy
format:
	clang-format -i $(SOURCES)

format-check:
	@clang-format --dry-run --Werror $(SOURCES)

tidy: $(EMBEDDED)
	@clang-tidy --quiet $(TIDY_SOURCES) -- $(STANDARD) $(INCLUDES) $(EXPLORER_INCLUDES) $(GLIB_FLAGS)
	@clang-tidy --quiet $(wildcard subjects/plain/*.c subjects/plain/*/*.c tests/second_subject/*.c) -- $(STANDARD) -Itests/second_subject $(filter-out -I$(SUBJECT)%,$(INCLUDES) $(EXPLORER_INCLUDES))

.PHONY: clean
clean:
	rm -rf $(BUILD) fuzz_cachemap fuzz_trace trace soak explore tables $(EMBEDDED)

# ---- What each object was made of, from the last time. -------------------------------------------------

-include $(wildcard $(foreach kind,fuzz plain asan debug coverage fast bench afl-objects hit-ratio speed test \
    examples touches $(WAYS:%=way/%),$(addprefix $(BUILD)/$(kind)/,*.d */*.d */*/*.o.d */*/*/*.o.d)) $(BUILD)/*.d)

endif # BUILD is build
