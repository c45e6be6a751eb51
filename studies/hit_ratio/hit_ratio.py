#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The figures, tables and plot of docs/hit-ratio.md, from build/hit_ratio. Behind `make hit-ratio`.

  studies/hit_ratio/hit_ratio.py [OPTION]

  --run          measures: studies/hit_ratio/hit-ratio.csv; then as without an option
  (none)         the tables and docs/hit-ratio.svg anew, from these figures
  --check        whether the tables and the plot are of these figures; writes nothing
  --recompute    whether a part of the figures is what build/hit_ratio says now

  FIGURES=P DOCUMENTS=docs   the figures; the folder of hit-ratio.md and hit-ratio.svg

Exit status: 0 done, or all is current; 1 something is not; 2 it cannot run, or usage."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
sys.path.insert(0, 'scripts')

import common  # noqa: E402
from common import fail  # noqa: E402

PROGRAM = 'build/hit_ratio'
FOLDER = os.environ.get('DOCUMENTS', 'docs')
FIGURES = os.environ.get('FIGURES', 'studies/hit_ratio/hit-ratio.csv')
DOCUMENT, PLOT = (os.path.join(FOLDER, 'hit-ratio.' + end) for end in ('md', 'svg'))

SHARES = {1024: 1, 5120: 5, 10240: 10, 25600: 25}  # percent of 102,400 keys
SHOWN_SIZES = [1024, 25600]  # in tables; the plot has all
POLICIES = ['belady', 'map_clock', 'map_clock_classic', 'clock_2bit', 'clock_1bit', 'lru', 'fifo',
            'sieve', 's3fifo']
TITLES = {'belady': 'bound', 'map_clock': 'map, clock', 'map_clock_classic': 'map, classic',
          'clock_2bit': 'CLOCK, 2 bits', 'clock_1bit': 'CLOCK, 1 bit', 'lru': 'LRU', 'fifo': 'FIFO',
          'sieve': 'SIEVE', 's3fifo': 'S3-FIFO'}
WORKLOADS = ['zipf-0.8', 'zipf-0.99', 'zipf-1.2', 'uniform', 'scan', 'loop', 'drift', 'jump',
             'read-modify-write', 'removes', 'discards', 'removes-discards']
LAYOUT_WORKLOADS = ['zipf-0.99', 'scan', 'drift', 'read-modify-write']
LAYOUT_SIZE = 10240
STASH_WORKLOADS, STASH_SIZE, STASHES = ['zipf-0.99', 'drift'], 5120, [640, 2560, 5120]
SIEVE_WORKLOADS = ['zipf-0.99', 'scan', 'drift', 'jump', 'removes']
PLOT_WORKLOADS = ['zipf-0.99', 'scan', 'drift', 'jump', 'loop', 'read-modify-write', 'removes',
                  'removes-discards']
# What a test can afford to compute anew: one size, and each kind of access.
SAMPLE = [option for name in ('read-modify-write', 'loop', 'removes-discards')
          for option in ('--workload', name)] + ['--share', '5']


def named(option, names):
    return [word for name in names for word in (option, str(name))]


RUNS = [
    [],
    named('--workload', LAYOUT_WORKLOADS) + ['--policy', 'layouts', '--size', str(LAYOUT_SIZE)],
    named('--workload', SIEVE_WORKLOADS) + ['--policy', 'sieve_16way'],
    named('--workload', STASH_WORKLOADS) + ['--policy', 'lru']
    + named('--size', [STASH_SIZE + stash for stash in STASHES]),
] + [
    named('--workload', STASH_WORKLOADS) + named('--policy', ['map_clock', 'map_clock_lazy'])
    + ['--size', str(STASH_SIZE), '--stash', str(stash)] for stash in STASHES
]


# ---- Figures. ----------------------------------------------------------------------------------------

def run(options):
    """The lines of a run, the head first."""
    if not os.access(PROGRAM, os.X_OK):
        fail(f'{PROGRAM} is missing; run: make {PROGRAM}')
    done = subprocess.run([PROGRAM, '--csv', *options], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        fail(f'{PROGRAM} has failed: status {done.returncode}')
    return done.stdout.splitlines()


def measure():
    lines = []
    for options in RUNS:
        print('hit_ratio.py:', PROGRAM, ' '.join(options), flush=True)
        head, *rows = run(options)
        lines += [row for row in rows if row not in lines]
    with open(FIGURES, 'w') as out:
        out.write('\n'.join([head, *lines]) + '\n')


class Figures:
    """The rows of studies/hit_ratio/hit-ratio.csv, by workload, size, policy and, where it matters, stash."""

    def __init__(self, text):
        self.rows = {}
        for row in csv.DictReader(io.StringIO(text)):
            key = row['workload'], int(row['size']), row['policy']
            self.rows.setdefault(key, row)
            self.rows[key + (int(row['stash']),)] = row

    def row(self, *key):
        if key not in self.rows:
            fail(f'{FIGURES} has no row for {key}; run: make hit-ratio')
        return self.rows[key]

    def has(self, *key):
        return key in self.rows

    def percent(self, *key):
        return float(self.row(*key)['hit_ratio'])


def recompute():
    """The rows of the sample that the figures do not have, or have otherwise."""
    with open(FIGURES) as figures:
        known = set(figures.read().splitlines())
    return [row for row in run(SAMPLE) if row not in known]


# ---- Tables. -----------------------------------------------------------------------------------------

def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '| ' + ' | '.join('---' for _ in head) + ' |']
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows]


def main_row(figures, workload, size):
    """One line: the best that does not know the future is bold."""
    shown = {policy: f'{figures.percent(workload, size, policy):.2f}'
             for policy in POLICIES if figures.has(workload, size, policy)}
    best = max(float(shown[policy]) for policy in shown if policy != 'belady')
    cells = [f'`{workload}`']
    for policy in POLICIES:
        text = shown.get(policy, '')
        cells.append(f'**{text}**' if policy != 'belady' and text and float(text) == best else text)
    return cells


def main_tables(figures):
    lines = []
    for size in SHOWN_SIZES:
        lines += ['', f'Cache of {size:,} objects, {SHARES[size]} % of the keys:', '']
        lines += table(['% of gets that hit'] + [TITLES[policy] for policy in POLICIES],
                       [main_row(figures, workload, size) for workload in WORKLOADS])
    return lines[1:]


def layout_table(figures):
    rows = []
    for ways in (2, 4, 8, 16):
        for bits in (1, 2, 4):
            rows.append([str(ways), str(bits)]
                        + [f'{figures.percent(workload, LAYOUT_SIZE, f"map_w{ways}_b{bits}"):.2f}'
                           for workload in LAYOUT_WORKLOADS])
    rows.append(['all', '2'] + [f'{figures.percent(workload, LAYOUT_SIZE, "clock_2bit"):.2f}'
                                for workload in LAYOUT_WORKLOADS])
    return table(['ways', 'clock bits'] + [f'`{workload}`' for workload in LAYOUT_WORKLOADS], rows)


def both_percent(row):
    return f'{100 * (int(row["hits"]) + int(row["stash_hits"])) / int(row["gets"]):.2f}'


def stash_table(figures):
    rows = []
    for workload in STASH_WORKLOADS:
        for stash in STASHES:
            again = figures.row(workload, STASH_SIZE, 'map_clock', stash)
            lazy = figures.row(workload, STASH_SIZE, 'map_clock_lazy', stash)
            rows.append([f'`{workload}`', f'{stash:,}', again['hit_ratio'], both_percent(again),
                         lazy['hit_ratio'], both_percent(lazy),
                         f'{figures.percent(workload, STASH_SIZE, "lru"):.2f}',
                         f'{figures.percent(workload, STASH_SIZE + stash, "lru"):.2f}'])
    return table(['workload', 'stash entries', 'stored again: cache', 'cache or stash',
                  'not stored again: cache', 'cache or stash', 'LRU, 5,120 objects',
                  'LRU, with as many more'], rows)


PARTS = {'hit-ratio': main_tables, 'hit-ratio-layouts': layout_table, 'hit-ratio-stash': stash_table}


def document_anew(text, figures):
    for part, make in PARTS.items():
        pattern = re.compile(rf'(^<!-- generated: {part} -->\n).*?(?=^<!-- end -->$)', re.M | re.S)
        if len(pattern.findall(text)) != 1:
            fail(f'{DOCUMENT}: expected one part between "<!-- generated: {part} -->" and '
                          '"<!-- end -->"')
        text = pattern.sub(lambda match, lines=make(figures): match[1] + '\n'.join(lines) + '\n', text)
    return text


# ---- Plot. -------------------------------------------------------------------------------------------

def plot_mark(figures_text):
    """What the plot says of the figures that it shows, as its last line."""
    return f'<!-- of figures with the SHA-256 {hashlib.sha256(figures_text.encode()).hexdigest()} -->\n'


def plot(figures, figures_text):
    with tempfile.TemporaryDirectory() as folder:
        for workload in PLOT_WORKLOADS:
            with open(os.path.join(folder, workload), 'w') as out:
                for size, share in SHARES.items():
                    base = figures.percent(workload, size, 'lru')
                    points = [f'{figures.percent(workload, size, policy) - base:.2f}'
                              if figures.has(workload, size, policy) else 'NaN'
                              for policy in POLICIES]
                    out.write(' '.join([str(share), *points]) + '\n')
        settings = (f'folder = "{folder}/"; output_path = "{PLOT}"; '
                    f'workloads = "{" ".join(PLOT_WORKLOADS)}"; '
                    f'policies = "{"|".join(TITLES[policy] for policy in POLICIES)}"')
        try:
            done = subprocess.run(['gnuplot', '-e', settings, 'studies/hit_ratio/hit_ratio.gnuplot'])
        except FileNotFoundError:
            fail('gnuplot is missing; run: scripts/need.sh hit-ratio')
        if done.returncode != 0:
            fail('gnuplot has failed')
    with open(PLOT, 'a') as out:
        out.write(plot_mark(figures_text))


# ---- All. --------------------------------------------------------------------------------------------

def check(figures, figures_text):
    stale = []
    with open(DOCUMENT) as document:
        text = document.read()
    if document_anew(text, figures) != text:
        stale.append(f'{DOCUMENT}: its tables are not of {FIGURES}')
    with open(PLOT) as picture:
        if not picture.read().endswith(plot_mark(figures_text)):
            stale.append(f'{PLOT}: is not of {FIGURES}')
    return stale


def main(arguments):
    if arguments == ['--help']:
        common.say(__doc__)
        return 0
    if arguments not in ([], ['--run'], ['--check'], ['--recompute']):
        fail('usage: studies/hit_ratio/hit_ratio.py [--run|--check|--recompute|--help]')
    if arguments == ['--run']:
        measure()
    with open(FIGURES) as source:
        figures_text = source.read()
    figures = Figures(figures_text)
    stale = []
    if arguments == ['--recompute']:
        stale = [f'{FIGURES}: has no such line: {row}' for row in recompute()]
    elif arguments == ['--check']:
        stale = check(figures, figures_text)
    else:
        with open(DOCUMENT) as source:
            text = document_anew(source.read(), figures)
        with open(DOCUMENT, 'w') as out:
            out.write(text)
        plot(figures, figures_text)
    for line in stale:
        common.tell(f'{line}; run: make hit-ratio')
    return 1 if stale else 0


if __name__ == '__main__':
    common.run(main)
