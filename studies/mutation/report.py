# SPDX-License-Identifier: Apache-2.0
"""What is said about judged mutants: the explanations of bugs/equivalent.md, the tables, and the
generated part of a document. Judges nothing."""

import collections
import re

from common import fail
from judge import KILLED
from operators import OPERATORS

COLUMNS = ('mutants', 'not compiling', 'equivalent', 'replay', 'sanitizers', 'unit tests', 'fuzzing', 'survivor')
BEGIN, END = '<!-- generated: mutants -->', '<!-- end -->'


# ---- Explanations. ---------------------------------------------------------------------------------

def name_of(mutant):
    """What an explanation calls a mutant: no line number, no digest."""
    return mutant.file, mutant.function, mutant.before, mutant.after


def explanations_of(path):
    """{name_of(mutant): line of the file}. Below a heading `## FILE: FUNCTION` stand pairs of lines,
    indented, `- before` and `+ after`; below the pairs stands why, for all of them."""
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    found, unexplained, place, before = {}, [], None, None
    for number, line in enumerate(lines + ['## end: end'], 1):
        heading = re.fullmatch(r'## (\S+): (\S+)', line)
        pair = re.fullmatch(r'    ([-+]) ?(.*)', line)
        if (heading or (pair and before is None and pair.group(1) == '-')) and unexplained and (
                heading or explained):
            if not explained:
                fail('%s:%d: no explanation stands below the mutant' % (path, unexplained[-1]))
            unexplained = []
        if heading:
            place, explained = heading.groups(), False
        elif line.startswith('## '):
            fail("%s:%d: a heading is '## FILE: FUNCTION'" % (path, number))
        elif pair and pair.group(1) == '-':
            if place is None or before is not None:
                fail("%s:%d: a '- before' follows a heading or a '+ after'" % (path, number))
            before, explained = pair.group(2), False
        elif pair:
            if before is None:
                fail("%s:%d: a '+ after' follows a '- before'" % (path, number))
            found[place + (before, pair.group(2))] = number
            unexplained.append(number)
            before = None
        elif line.strip() and place is not None:
            explained = True
    return found


# ---- Tables. ---------------------------------------------------------------------------------------

def count(judged):
    """{file or operator: Counter of the columns}; judged is [(mutant, verdict)]."""
    tables = ({}, {})
    for mutant, verdict in judged:
        for table, row in zip(tables, (mutant.file, mutant.operator)):
            table.setdefault(row, collections.Counter()).update(['mutants', verdict])
    return tables


def table(heading, rows):
    total = collections.Counter()
    for row in rows.values():
        total.update(row)
    yield '| %s | %s |' % (heading, ' | '.join(COLUMNS))
    yield '| --- |' + ' ---: |' * len(COLUMNS)
    for name, row in list(rows.items()) + [('**all**', total)]:
        yield '| %s | %s |' % (name, ' | '.join(str(row[column]) for column in COLUMNS))


def percent(part, whole):
    """Rounded down: 100 % is all of them."""
    return '%d.%d %%' % divmod(part * 1000 // whole, 10) if whole else 'none'


def summary(judged, explained_count):
    verdicts = collections.Counter(verdict for _, verdict in judged)
    killed = sum(verdicts[verdict] for verdict in KILLED)
    subject = killed + verdicts['survivor'] - explained_count
    by_corpus = verdicts['replay'] + verdicts['sanitizers']
    yield '%d mutants: %d do not compile, %d have the same object code, %d survive and are explained.' % (
        len(judged), verdicts['not compiling'], verdicts['equivalent'], explained_count)
    yield 'Of the other %d are killed: %s by all means, %s by replaying the corpus, %s of these without sanitizers.' % (
        subject, percent(killed, subject), percent(by_corpus, subject), percent(verdicts['replay'], subject))


def causes(results):
    """Who saw the mutants that the replay kills."""
    seen = collections.Counter(result['cause'] for result in results if result['verdict'] in ('replay', 'sanitizers'))
    yield '| seen in replay by | mutants |'
    yield '| --- | ---: |'
    for cause, number in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        yield '| %s | %d |' % (cause, number)


def lines_of(judged, results, explained_count, fuzz_runs):
    by_file, by_operator = count(judged)
    by_operator = {name: by_operator[name] for name in OPERATORS if name in by_operator}
    for part in (table('file', by_file), table('operator', by_operator), causes(results)):
        yield from part
        yield ''
    yield from summary(judged, explained_count)
    yield 'What nothing else kills was fuzzed for %d executions.' % fuzz_runs


def write_document(path, lines):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    if text.count(BEGIN) != 1 or END not in text.split(BEGIN, 1)[1]:
        fail("%s: has no part between '%s' and '%s'" % (path, BEGIN, END))
    head, tail = text.split(BEGIN)
    with open(path, 'w', encoding='utf-8') as file:
        file.write('%s%s\n%s\n%s%s' % (head, BEGIN, '\n'.join(lines), END, tail.split(END, 1)[1]))
