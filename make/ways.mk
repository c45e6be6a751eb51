# SPDX-License-Identifier: Apache-2.0
# The Makefile's part for the fuzz target compiled in other ways: what the library's code may be compiled to that it
# is not in ./fuzz_cachemap. A way compiles what is of its own, and takes all else from build/fuzz/. And under AFL++.
# docs/matrix.md.

WAYS := bare m32 folded

# What each adds to the compiler's words. As far from the default as a compiler can be: without the double
# multiplication, builtins and vectors, without assertions (NDEBUG leaves CACHE_MAP_ASSERT to the library), and with
# the instances in C++17. What these do not warn of is C11 in the headers of the harness, and names in initialisers:
WAY_bare := -DCACHE_MAP_PORTABLE -DNDEBUG
INSTANCES_bare := -x c++ -std=c++17 -Wno-c11-extensions -Wno-c++20-designator
# where a pointer, a size_t and a long have 32 bits; Debian has the link to the kernel's headers in gcc-multilib,
# which excludes its cross compilers:
WAY_m32 := -m32 -idirafter /usr/include/x86_64-linux-gnu
# and each body folded into each layout, as users get them. Of the sanitizers the one that finds wrong addresses:
# with both it compiles for a minute.
WAY_folded := -DCACHEMAP_FOLDED -fno-sanitize=undefined

# The sources of a way's own: those with the library in them, but for what is said here.
WAY_SOURCES := $(wildcard $(SUBJECT)/subject*.c) $(SUBJECT)/key.c
WAY_SOURCES_m32 := %
way_objects = $(foreach source,$(HARNESS) $(2),$(BUILD)/$(if $(filter $(or $(WAY_SOURCES_$(1)),$(WAY_SOURCES)),$(source)),way/$(1),fuzz)/$(source:.c=.o))

# The fuzz target; and `./trace digest` of the same objects, as a program of its own.
define way_rules
$(BUILD)/way/$(1)/fuzz_cachemap: $(call way_objects,$(1),fuzz_targets/fuzz_cachemap.c)
$(BUILD)/way/$(1)/digest: $(call way_objects,$(1),tools/trace_digest.c tests/mingw/digest_main.c)
$(BUILD)/way/$(1)/fuzz_cachemap $(BUILD)/way/$(1)/digest:
	@echo 'link  $$@'
	@$$(CLANG) $(filter -m%,$(WAY_$(1))) -fsanitize=$$(if $$(filter %/digest,$$@),,fuzzer$$(comma))address,undefined $$^ -o $$@
$(BUILD)/way/$(1)/%.o: %.c Makefile make/ways.mk
	@mkdir -p $$(@D)
	@echo 'fuzz  $$< ($(1))'
	@$$(CLANG) $$(STANDARD) $$(WARNINGS) $$(INCLUDES) -g -fno-omit-frame-pointer $$(FUZZING) $$(FUZZ_FLAGS) $(WAY_$(1)) $$(DEPENDENCIES) -c $$< -o $$@
$(BUILD)/way/$(1)/%: FUZZ_FLAGS = -O2
$(patsubst %.c,$(BUILD)/way/$(1)/%.o,$(SANITIZED)): FUZZ_FLAGS = $$(FUZZ_LEVEL) $$(FUZZ_SANITIZERS) $$(COUNTERS)
$(BUILD)/way/$(1)/$(SUBJECT)/subject_instances.o: FUZZ_FLAGS += -gline-tables-only $(INSTANCES_$(1))
endef
comma := ,
$(foreach way,$(WAYS),$(eval $(call way_rules,$(way))))

# A library test of 32 bits, for which Debian has no cmocka.
TEST_m32 = $(CLANG) -O0 $(SANITIZERS) $(WAY_m32) '-DCACHE_MAP_INLINE=static inline'
$(BUILD)/test/m32/%: tests/%.c Makefile make/ways.mk
	@mkdir -p $(@D)
	@echo 'test  $< (m32)'
	@$(TEST_m32) $(STANDARD) $(WARNINGS) -Itests/mingw $(TEST_INCLUDES) -g $(DEPENDENCIES) $< -lm -o $@

# All of them, or one: `make fuzz-m32`.
.PHONY: ways $(WAYS:%=fuzz-%)
ways: $(WAYS:%=fuzz-%)
$(WAYS:%=fuzz-%): fuzz-%:
	@scripts/need.sh ways
	@$(MAKE) --no-print-directory -j$$(nproc) trace $(BUILD)/way/$*/fuzz_cachemap $(BUILD)/way/$*/digest
	@scripts/way.sh $*

# ---- Under another engine. -------------------------------------------------------------------------

# Our target and oracle under AFL++: its compiler is built on a clang of its own, so nothing is shared
# with the objects above. Sanitized and instrumented is what is so there. The instrumentation is clang's:
# AFL++ 4.04's own reads past its array of edges and so fails by itself (its issues 1120, 1485, 1602).
AFL_CLANG ?= afl-clang-fast
AFL_ENVIRONMENT := AFL_QUIET=1 AFL_USE_ASAN=1 AFL_USE_UBSAN=1 AFL_LLVM_INSTRUMENT=LLVM-NATIVE
AFL_SANITIZED := $(patsubst %.c,$(BUILD)/afl-objects/%.o,$(SANITIZED))
$(AFL_SANITIZED): AFL_COMPILER = $(AFL_ENVIRONMENT) $(AFL_CLANG)
$(AFL_SANITIZED): AFL_FLAGS = $(SURVIVAL_FLAGS) -fsanitize-coverage-ignorelist=fuzz_targets/coverage-ignore.txt
$(BUILD)/afl-objects/%: AFL_COMPILER = clang-14
$(BUILD)/afl-objects/%: AFL_FLAGS = -O2

$(BUILD)/afl-objects/%.o: %.c Makefile make/ways.mk
	@mkdir -p $(@D)
	@echo 'afl   $<'
	@$(AFL_COMPILER) $(STANDARD) $(WARNINGS) $(INCLUDES) $(FUZZING) $(AFL_FLAGS) $(DEPENDENCIES) -c $< -o $@

$(BUILD)/afl: $(patsubst %.c,$(BUILD)/afl-objects/%.o,$(HARNESS) fuzz_targets/fuzz_cachemap.c)
	@echo 'link  $@'
	@$(AFL_ENVIRONMENT) $(AFL_CLANG) -fsanitize=fuzzer $^ -o $@

$(BUILD)/afl_mutator.so: fuzz_targets/afl_mutator.c $(addprefix harness/,mutate.c mutate_edit.c mutate_range.c codec.c generate.c op.c work.c world.c) $(addprefix $(SUBJECT)/,geometry.c settle.c rules.c cost.c) Makefile make/ways.mk
	@mkdir -p $(@D)
	@echo 'build $@'
	@$(CLANG) $(STANDARD) $(INCLUDES) $(WRITE_DEPENDENCIES) $(filter %.c,$^) >$@.d
	@$(CLANG) $(STANDARD) $(WARNINGS) $(INCLUDES) -g -O2 -shared -fPIC -Wl,-z,defs $(filter %.c,$^) -o $@
