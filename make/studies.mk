# SPDX-License-Identifier: Apache-2.0
# The Makefile's part for studies/: what measures, and is measured against. What more than one study or the tests
# build is there. An object here is made of this file too.

STUDIES := Makefile make/studies.mk

# ---- Where the time of the target goes: studies/performance/README.md. -----------------------------------------

# The fuzz target under a plain main, twice: as the fuzzing engine runs it, and without sanitizers.
$(BUILD)/bench-sanitized: $(BUILD)/fuzz/studies/performance/executions.o $(call fuzz_objects,fuzz_cachemap)
	@echo 'link  $@'
	@$(CLANG) $(SANITIZERS) $^ -o $@

# Maps are aligned to two pages; callgrind finds no function where a program's parts are less aligned than it.
$(BUILD)/bench-plain: $(patsubst %.c,$(BUILD)/bench/%.o,$(HARNESS) studies/performance/executions.c fuzz_targets/fuzz_cachemap.c)
	@echo 'link  $@'
	@$(CLANG) -Wl,-z,max-page-size=8192 $^ -o $@

$(BUILD)/bench/%.o: %.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'bench $<'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -DCACHEMAP_FOLDED -gdwarf-4 -O2 $(DEPENDENCIES) -c $< -o $@

.PHONY: performance
performance:
	@scripts/need.sh performance
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/bench-sanitized $(BUILD)/bench-plain
	@studies/performance/performance.sh

# ---- Speed of the library, against peers: docs/speed.md. -------------------------------------------

# As users build it: optimised, without assertions. Each peer once for each size of value.
PEERS := cache_map plain glib_fifo glib_lru uthash_lru ck floor
PEER_VALUE_SIZES := 16 64 128
GLIB_FLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags glib-2.0))
SPEED_COMPILE = $(GCC) $(STANDARD) $(WARNINGS) -Isrc -g -O2 -DNDEBUG
PEER_OBJECTS := $(foreach size,$(PEER_VALUE_SIZES),$(PEERS:%=$(BUILD)/speed/$(size)/peer_%.o)) \
                $(BUILD)/speed/peers.o $(BUILD)/speed/memory.o
SPEED_LIBRARIES := -lglib-2.0 -lck

define peer_rule
$(BUILD)/speed/$(1)/%.o: studies/speed/%.c $(STUDIES)
	@mkdir -p $$(@D)
	@echo 'speed $$< ($(1))'
	@$$(SPEED_COMPILE) $$(GLIB_FLAGS) -DVALUE_SIZE=$(1) $$(DEPENDENCIES) -c $$< -o $$@
endef
$(foreach size,$(PEER_VALUE_SIZES),$(eval $(call peer_rule,$(size))))

$(BUILD)/speed/%.o: studies/speed/%.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'speed $<'
	@$(SPEED_COMPILE) $(DEPENDENCIES) -c $< -o $@

$(BUILD)/speed/speed: studies/speed/speed.cpp $(STUDIES) $(PEER_OBJECTS)
	@echo 'speed $<'
	@g++ -std=c++17 $(CXX_WARNINGS) -Wsign-conversion -g -O2 $(DEPENDENCIES) $< $(PEER_OBJECTS) -rdynamic -lbenchmark $(SPEED_LIBRARIES) -lpthread -ldl -o $@

$(BUILD)/test/bench/bench_peers: tests/bench_peers.c $(STUDIES) $(PEER_OBJECTS)
	@mkdir -p $(@D)
	@echo 'test  $<'
	@$(GCC) $(STANDARD) $(WARNINGS) -Istudies/speed -g -O2 $(DEPENDENCIES) $< $(PEER_OBJECTS) $(SPEED_LIBRARIES) -o $@

.PHONY: print-speed-compile
print-speed-compile:
	@echo $(SPEED_COMPILE)

# INSTRUCTIONS='before=/elsewhere/src': a column more in front.
.PHONY: instructions
instructions:
	@scripts/need.sh instructions
	@studies/speed/instructions.sh $(INSTRUCTIONS)

# BENCH='--entries 65536 --value 16': see studies/speed/bench.py --help.
.PHONY: bench
bench:
	@scripts/need.sh bench
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/speed/speed
	@studies/speed/bench.py $(BENCH)

# ---- Time to bug, against other fuzzers. -----------------------------------------------------------

# studies/survival/variant.c: our target with its ingredients to switch off. The baselines: studies/survival/naive.c has all
# of libFuzzer's defaults, studies/survival/original.c is a program of its own; both see the public header alone.
SURVIVAL_FLAGS := -g -O1 -fno-omit-frame-pointer

VARIANT_WRAPPED := codec_decode generate_world run mutate mutate_cross
$(BUILD)/variant: $(BUILD)/fuzz/studies/survival/variant.o $(call fuzz_objects,fuzz_cachemap)
	@echo 'link  $@'
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ $(VARIANT_WRAPPED:%=-Wl,--wrap=%) -o $@

$(BUILD)/naive: studies/survival/naive.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'build $@'
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) $(SURVIVAL_FLAGS) $(FUZZING) $(SANITIZERS) -fsanitize=fuzzer $(DEPENDENCIES) $< -o $@

$(BUILD)/original: studies/survival/original.c harness/watchdog.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'build $@'
	@$(CLANG) $(STANDARD) $(INCLUDES) $(WRITE_DEPENDENCIES) $(filter %.c,$^) >$@.d
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) $(SURVIVAL_FLAGS) $(SANITIZERS) $(filter %.c,$^) -lm -o $@

.PHONY: survival survival-programs survival-report
survival-programs: $(addprefix $(BUILD)/,fuzz_cachemap variant naive original afl afl_mutator.so)

survival:
	@scripts/need.sh survival
	@$(MAKE) --no-print-directory -j$$(nproc) survival-programs
	@studies/survival/survival.py
	@studies/survival/survival_report.R

survival-report:
	@scripts/need.sh survival
	@studies/survival/survival_report.R

# ---- Hit ratio: docs/hit-ratio.md. -----------------------------------------------------------------

# The layouts of the map share their bodies: thirteen copies of them would be seconds of compiling, and
# time is not measured here.
HIT_RATIO := $(wildcard studies/hit_ratio/*.c)
HIT_RATIO_OBJECTS := $(patsubst %.c,$(BUILD)/hit-ratio/%.o,$(HIT_RATIO))
HIT_RATIO_COMPILE = $(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) '-DCACHE_MAP_INLINE=static inline' -g -O2
$(BUILD)/hit-ratio/%.o: %.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'bench $<'
	@$(HIT_RATIO_COMPILE) $(DEPENDENCIES) -c $< -o $@

$(BUILD)/hit_ratio: $(HIT_RATIO_OBJECTS)
	@echo 'link  $@'
	@$(GCC) $^ -lm -o $@

$(BUILD)/test/bench/bench_hit_ratio: tests/bench_hit_ratio.c $(filter-out studies/hit_ratio/hit_ratio.c,$(HIT_RATIO)) $(STUDIES)
	@mkdir -p $(@D)
	@echo 'test  $<'
	@$(TEST_asan) $(STANDARD) $(TEST_INCLUDES) -Istudies/hit_ratio $(WRITE_DEPENDENCIES) $(filter %.c,$^) >$@.d
	@$(TEST_asan) $(STANDARD) $(WARNINGS) $(TEST_INCLUDES) -Istudies/hit_ratio -g $(filter %.c,$^) -lcmocka -lm -o $@

.PHONY: hit-ratio print-hit-ratio-compile
hit-ratio:
	@scripts/need.sh hit-ratio
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/hit_ratio
	@studies/hit_ratio/hit_ratio.py --run

print-hit-ratio-compile:
	@echo "$(HIT_RATIO_COMPILE)"

# ---- Tables of docs/sizing.md. ----------------------------------------------------------------------

$(BUILD)/sizing: studies/sizing/sizing.c $(STUDIES)
	@mkdir -p $(@D)
	@echo 'build $@'
	@$(GCC) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O2 '-DCACHE_MAP_INLINE=static inline' $(DEPENDENCIES) $< -lm -o $@

.PHONY: sizing-table
sizing-table: $(BUILD)/sizing
	@for part in residency layouts probes; do $(BUILD)/sizing sizing-$$part && echo; done

# ---- Mutation score. -------------------------------------------------------------------------------

# MUTANTS='--file FILE', '--only PATTERN', ...: see studies/mutation/mutants --help. FUZZ_RUNS and JOBS reach it.
.PHONY: mutants
mutants: $(EMBEDDED)
	@scripts/need.sh mutants
	@studies/mutation/mutants --document studies/mutation/README.md $(MUTANTS)
