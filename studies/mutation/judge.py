# SPDX-License-Identifier: Apache-2.0
"""Judges mutants: builds the harness around a mutated copy of src/, and runs what may kill it, the
cheapest first. Knows the programs of the harness, and nothing of operators or of tables.

One compile a mutant. That is cheap enough: without optimisation, and with one copy of each body for all
layouts (a fuzzing build), the four files that include the library compile in a third of a second, and
replaying the corpus takes a tenth. Everything else of the harness is compiled once."""

import glob
import hashlib
import os
import re
import shutil
import signal
import threading

import parse
from common import fail
from operators import apply
from programs import Programs

STANDARD = ['-std=c11', '-D_DEFAULT_SOURCE']
INCLUDES = ['-Isubjects/cachemap', '-Iharness', '-Itools']
FUZZING = ['-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION']
# A mutant that the compiler refuses: by a hard error, or because it reads or returns what was never set.
REFUSED = ['-Werror=return-type', '-Werror=uninitialized', '-Werror=sometimes-uninitialized',
           '-Werror=int-conversion', '-Werror=incompatible-pointer-types']
SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined',
              '-fsanitize-address-use-after-return=never',
              '-fsanitize-coverage=inline-8bit-counters,pc-table',
              '-fsanitize-coverage-ignorelist=fuzz_targets/coverage-ignore.txt']
# With sanitizers' hooks visible and assertions that name no line, so that every mutant that acts at all
# shows, and one that merely moves a line does not.
EQUIVALENCE = ['-O2', '-D__SANITIZE_ADDRESS__=1', '-DCACHE_MAP_INLINE=static inline',
               '-DCACHE_MAP_ASSERT(condition)=((condition) ? (void)0 : __builtin_trap())']
BUILDS = {'default': [], 'portable': ['-DCACHE_MAP_PORTABLE']}

CPU_FACTOR = 20  # of what the library as it is takes: more is an endless loop
CPU_SECONDS_MIN = 3
ADDRESS_SPACE_MAX = 4 << 30  # bytes, of a plain program

VERDICTS = ('not compiling', 'equivalent', 'replay', 'sanitizers', 'unit tests', 'fuzzing', 'survivor')
KILLED = ('replay', 'sanitizers', 'unit tests', 'fuzzing')


def digest_of(paths):
    digest = hashlib.sha256()
    for path in sorted(paths):
        with open(path, 'rb') as file:
            digest.update(path.encode() + b'\0' + hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def cause_of(log):
    """Who saw it, in the words of a report; the rest of layer_of in scripts/planted/."""
    with open(log, encoding='utf-8', errors='replace') as file:
        text = file.read()
    for pattern, words in ((r'an assertion of the library failed', 'library assertion'),
                           (r"found by layer '(\w+)'", None),
                           (r'(does not end)', 'hang'),
                           (r'ERROR: AddressSanitizer', 'address sanitizer'),
                           (r'runtime error:', 'undefined behaviour sanitizer'),
                           (r'(map crashed|deadly signal|run was aborted)', 'crash')):
        match = re.search(pattern, text)
        if match:
            return words or match.group(1)
    return 'status'


# What ./trace has beside the harness that all programs share.
TRACE_SOURCES = ['harness/isolate.c', 'harness/program.c', 'harness/stop.c'] + sorted(
    glob.glob('tools/trace*.c') + glob.glob('subjects/cachemap/trace/*.c'))

# ---- What all mutants share. -------------------------------------------------------------------------

class Shop:
    """The compiler, the objects that all mutants share, and the library as it is."""

    def __init__(self, clang, sanitized, out, fuzz_runs, quick):
        """sanitized: the sources that are so in ./fuzz_cachemap. The rest look at a map's bytes, also free ones."""
        self.clang, self.sanitized, self.out, self.fuzz_runs, self.quick = clang, sanitized, out, fuzz_runs, quick
        self.programs, self.lock, self.limits, self.objects = Programs(), threading.Lock(), {}, {}
        self.unit_programs = set()  # of the library as it is, which pass
        self.sources = {os.path.basename(path): self.read(path) for path in sorted(glob.glob('src/*.h'))}
        self.parsed = {name: parse.Source(name, text) for name, text in self.sources.items()}
        harness = glob.glob('harness/*') + glob.glob('subjects/cachemap/*.[ch]') + TRACE_SOURCES + ['fuzz_targets/fuzz_cachemap.c']
        self.harness_digest = digest_of(harness)
        self.library_digest = digest_of(glob.glob('src/*'))
        self.corpus_digest = digest_of(glob.glob('corpus/*') + glob.glob('regressions/*'))
        self.tests_digest = digest_of(glob.glob('tests/unit_*') + glob.glob('tests/conformance*.[ch]'))
        self.control = None
        self.live = self.live_groups()

    @staticmethod
    def read(path):
        with open(path, encoding='utf-8') as file:
            return file.read()

    def compile(self, arguments, log=None):
        """Whether the compiler takes it. One that crashed or was killed has no opinion."""
        status, _ = self.programs.run([self.clang] + STANDARD + arguments, log=log)
        if status not in (0, 1):
            fail('%s ended with status %d: %s' % (self.clang, status, ' '.join(arguments)))
        return status == 0

    def includes_library(self, path):
        answer = self.out + '/includes'
        if not self.compile(INCLUDES + ['-Isrc', '-MM', '-MF', answer, path]):
            fail('%s cannot be preprocessed' % path)
        return ' src/' in self.read(answer)

    def prepare(self):
        """Compiles what does not include the library, unless it has been."""
        base, stamp = self.out + '/base', self.out + '/base/stamp'
        self.with_library = [path for path in sorted(glob.glob('subjects/cachemap/*.c')) if self.includes_library(path)]
        made_of = '%s %s\n' % (self.clang, self.harness_digest)
        self.control = Bench(self, 'control')
        if os.path.exists(stamp) and self.read(stamp) == made_of:
            return
        shutil.rmtree(base, ignore_errors=True)
        os.makedirs(base)
        for path in self.shared_sources() + TRACE_SOURCES + ['fuzz_targets/fuzz_cachemap.c']:
            log = base + '/log'
            if not self.compile(FUZZING + INCLUDES + ['-O2', '-Isrc', '-c', path, '-o', self.base_object(path)], log):
                fail('%s does not compile, see %s' % (path, log))
        with open(stamp, 'w', encoding='utf-8') as file:
            file.write(made_of)

    def shared_sources(self):
        return [path for path in sorted(glob.glob('harness/*.c') + glob.glob('subjects/cachemap/*.c'))
                if path not in self.with_library and path not in TRACE_SOURCES]

    def base_object(self, path):
        return '%s/base/%s.o' % (self.out, os.path.basename(path)[:-2])

    def shared_objects(self, *more):
        return [self.base_object(path) for path in self.shared_sources() + list(more)]

    # -- The library as it is: what must pass, and how long it may take.

    def limit_of(self, name, build, run):
        """Seconds of CPU that a program of this name may take. The first call runs the library as it
        is, by run(bench, None), which returns (status, seconds)."""
        with self.lock:
            if (name, build) not in self.limits:
                self.control.build = build
                status, seconds = run(self.control, None)
                if status != 0:
                    fail('the library as it is does not pass: %s (%s build), see %s/' %
                                    (name, build, self.control.folder))
                self.limits[name, build] = max(CPU_SECONDS_MIN, int(seconds * CPU_FACTOR + 1))
            return self.limits[name, build]

    def object_of(self, build):
        """The code of the library as it is, for the comparison."""
        with self.lock:
            if build not in self.objects:
                self.control.build = build
                self.objects[build] = self.control.equivalence_object()
            return self.objects[build]

    # -- Which lines are compiled at all.

    def live_groups(self):
        """{build: {file: the arms of #if (numbers of Token.group) that this build compiles}}."""
        bench = Bench(self, 'preprocess-%d' % os.getpid())
        try:
            return {build: {name: {token.group for token in source.tokens
                                   if source.line_of(token.start) in lines.get(name, ())}
                            for name, source in self.parsed.items()}
                    for build, lines in ((build, bench.live_lines(build)) for build in BUILDS)}
        finally:
            shutil.rmtree(bench.folder)


# ---- One mutant at a time. ---------------------------------------------------------------------------

class Bench:
    """A folder with a copy of src/ in which one file may be mutated, and what is built from it."""

    def __init__(self, shop, name):
        self.shop, self.folder = shop, '%s/%s' % (shop.out, name)
        self.build, self.file = 'default', ''
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder + '/src')
        for file, text in shop.sources.items():
            self.write('src/' + file, text)

    def write(self, name, text):
        with open(self.folder + '/' + name, 'w', encoding='utf-8') as file:
            file.write(text)

    def includes(self):
        return BUILDS[self.build] + ['-I%s/src' % self.folder] + INCLUDES

    def judge(self, mutant, build):
        """(verdict, who saw it)."""
        self.build, self.file = build, mutant.file
        self.write('src/' + mutant.file, apply(self.shop.sources[mutant.file], mutant))
        try:
            return self.stages()
        finally:
            self.write('src/' + mutant.file, self.shop.sources[mutant.file])

    def stages(self):
        if not self.build_replay():
            return 'not compiling', ''
        stages = (('replay', self.stage_replay), ('equivalent', self.stage_equivalence),
                  ('sanitizers', self.stage_sanitizers), ('unit tests', self.stage_unit_tests),
                  ('fuzzing', self.stage_fuzzing))
        for verdict, stage in stages[:2] if self.shop.quick else stages:
            cause = stage()
            if cause:
                return verdict, cause
        return 'survivor', ''

    def build_objects(self, flags, sanitizers=()):
        objects = []
        for source in self.shop.with_library:
            objects.append('%s/%s.o' % (self.folder, os.path.basename(source)[:-2]))
            more = list(sanitizers) if source in self.shop.sanitized else []
            if not self.shop.compile(FUZZING + flags + more + self.includes() + REFUSED +
                                     ['-c', source, '-o', objects[-1]], self.folder + '/compile.log'):
                return None
        return objects

    def run_limited(self, name, run):
        """Runs run(bench, limit) on this bench; the cause of death, or ''."""
        limit = self.shop.limit_of(name, self.build, run)
        status, _ = run(self, limit)
        if status == 0:
            return ''
        return 'hang' if status in (-signal.SIGXCPU, -signal.SIGKILL) else cause_of(self.folder + '/run.log')

    def live_lines(self, build):
        """{file: the numbers of the lines that the preprocessor lets through}."""
        self.build = build
        path = self.write_equivalence_source(with_table=False)
        output = self.folder + '/preprocessed.c'
        if not self.shop.compile(EQUIVALENCE + self.includes() + ['-E', path, '-o', output]):
            fail('src/ does not compile (%s build)' % build)
        lines, name, number = {}, None, 0
        for text in self.shop.read(output).split('\n'):
            marker = re.match(r'# (\d+) "(?:.*/)?([^/"]+)"', text)
            if marker:
                number, name = int(marker.group(1)), marker.group(2)
                continue
            if text.strip():
                lines.setdefault(name, set()).add(number)
            number += 1
        return lines

    # -- Replay, plain.

    def build_replay(self):
        objects = self.build_objects(['-O0'])
        if objects is None:
            return False
        shared = self.shop.shared_objects(*TRACE_SOURCES)
        if not self.shop.compile(objects + shared + ['-o', self.folder + '/trace'], self.folder + '/link.log'):
            fail('./trace does not link, see %s/link.log' % self.folder)
        return True

    def stage_replay(self):
        def run(bench, limit):
            if limit is None and not bench.build_replay():
                return 1, 0
            inputs = ['corpus'] + sorted(glob.glob('regressions/*.trace'))
            return bench.shop.programs.run([bench.folder + '/trace', 'replay'] + inputs, limit, ADDRESS_SPACE_MAX,
                                           bench.folder + '/run.log')
        return self.run_limited('replay', run)

    # -- Equal object code.

    def write_equivalence_source(self, with_table=True):
        """Every function of the library with the layout as an argument, so that nothing is folded
        away for a layout; and the typed layer for three layouts."""
        text = ['#include "cache_map.h"', 'struct value_1 { uint64_t key, more; };',
                'struct value_2 { uint8_t key; };', 'struct value_3 { _Alignas(128) uint32_t key; };']
        instances = ((1, 'uint64_t', 16, 8, 2, 'CLOCK'), (2, 'uint8_t', 2, 16, 1, 'CLOCK_CLASSIC'),
                     (3, 'uint32_t', 8, 16, 4, 'CLOCK'))
        for number, key, ways, tag_bits, clock_bits, policy in instances:
            text += ['#define CACHE_MAP_NAME map_%d' % number, '#define CACHE_MAP_VALUE struct value_%d' % number,
                     '#define CACHE_MAP_KEY %s' % key, '#define CACHE_MAP_KEY_OF(value) ((value)->key)',
                     '#define CACHE_MAP_WAYS %d' % ways, '#define CACHE_MAP_TAG_BITS %d' % tag_bits,
                     '#define CACHE_MAP_CLOCK_BITS %d' % clock_bits,
                     '#define CACHE_MAP_POLICY CACHE_MAP_POLICY_%s' % policy, '#include "cache_map.h"']
        if with_table:
            text += ['const void *const table[] = {'] + list(self.table_rows(len(instances))) + ['};']
        self.write('equivalence.c', '\n'.join(text) + '\n')
        return self.folder + '/equivalence.c'

    def table_rows(self, instance_count):
        live = self.shop.live[self.build]
        for file, source in self.shop.parsed.items():
            names = {(name, made) for name, brace, made in source.functions
                     if source.tokens[brace].group in live[file]}
            for name, made in sorted(names):
                for prefix in ['map_%d_' % number for number in range(1, instance_count + 1)] if made else ['']:
                    yield '    (const void *)%s%s,' % (prefix, name)

    def equivalence_object(self):
        path = self.write_equivalence_source()
        output = self.folder + '/equivalence.o'
        if not self.shop.compile(EQUIVALENCE + self.includes() + ['-c', path, '-o', output],
                                 self.folder + '/equivalence.log'):
            fail('the source of the comparison does not compile, see %s/equivalence.log' % self.folder)
        with open(output, 'rb') as file:
            return hashlib.sha256(file.read().replace(path.encode(), b'')).hexdigest()

    def stage_equivalence(self):
        return 'same object code' if self.equivalence_object() == self.shop.object_of(self.build) else ''

    # -- Replay, sanitized.

    def build_fuzzer(self, optimisation):
        """-O0 compiles in a fifth of the time of -O1, which runs five times as fast."""
        objects = self.build_objects([optimisation, '-fno-omit-frame-pointer'], SANITIZERS)
        if objects is None:
            return False
        return self.shop.compile(['-fsanitize=fuzzer,address,undefined'] + objects +
                                 self.shop.shared_objects('fuzz_targets/fuzz_cachemap.c') +
                                 ['-o', self.folder + '/fuzz_cachemap'], self.folder + '/link.log')

    def run_fuzzer(self, limit, arguments):
        return self.shop.programs.run(
            [self.folder + '/fuzz_cachemap', '-artifact_prefix=%s/' % self.folder, '-timeout=10', '-len_control=0',
             '-max_len=512', '-seed=1'] + arguments, limit, None, self.folder + '/run.log')

    def stage_sanitizers(self):
        def run(bench, limit):
            if not bench.build_fuzzer('-O0'):
                fail('./fuzz_cachemap does not build, see %s/' % bench.folder)
            return bench.run_fuzzer(limit, ['-runs=0', 'corpus'])
        return self.run_limited('sanitized replay', run)

    # -- Unit tests.

    def run_unit(self, limit, path, flags):
        """A program that is the library's own, byte for byte, does not use what was changed: it is not run."""
        program = '%s/%s' % (self.folder, os.path.basename(path)[:-2])
        if not self.shop.compile(['-O0', '-DCACHE_MAP_INLINE=static inline', '-ffile-prefix-map=%s=.' % self.folder] +
                                 flags + self.includes() + ['-Itests', path, '-lcmocka', '-lm', '-o', program],
                                 self.folder + '/run.log'):
            return 1, 0
        with open(program, 'rb') as file:
            code = hashlib.sha256(file.read()).hexdigest()
        if self is self.shop.control:
            self.shop.unit_programs.add(code)
        elif code in self.shop.unit_programs:
            return 0, 0
        return self.shop.programs.run([program], limit, None if flags else ADDRESS_SPACE_MAX, self.folder + '/run.log')

    def stage_unit_tests(self):
        """The test that is named after the mutated file comes first; last and sanitized those that look at
        what AddressSanitizer is told."""
        named = 'tests/unit_%s.c' % self.file[len('cache_map_'):-len('.h')]
        paths = sorted(glob.glob('tests/unit_*.c') + ['tests/conformance.c'], key=lambda path: (path != named, path))
        runs = [(path, []) for path in paths]
        runs += [(path, ['-fsanitize=address']) for path in paths if 'CACHE_MAP_ASAN' in self.shop.read(path)]
        for path, flags in runs:
            def run(bench, limit, path=path, flags=flags):
                return bench.run_unit(limit, path, flags)
            if self.run_limited(' '.join([path] + flags), run):
                return os.path.basename(path)[:-2]
        return ''

    # -- Fuzzing.

    def stage_fuzzing(self):
        def run(bench, limit):
            if not bench.build_fuzzer('-O1'):
                fail('./fuzz_cachemap does not build, see %s/' % bench.folder)
            found = bench.folder + '/found'  # libFuzzer writes what is new into the first folder
            shutil.rmtree(found, ignore_errors=True)
            os.mkdir(found)
            return bench.run_fuzzer(limit, ['-runs=%d' % bench.shop.fuzz_runs, '-dict=dict/fuzz_cachemap.dict',
                                            found, 'corpus'])
        return self.run_limited('fuzzing', run) if self.shop.fuzz_runs > 0 else ''
