#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What doxygen reads instead of a header of src/ or of a document: the same lines, in its language.

The headers are written to be read as they are: plain comments above what they are about, without commands. Doxygen
wants `/**`, and takes some of our prose for its own language. So the comments are translated on the way, and the
sources stay free of it. Every line keeps its number: a warning names the line of the header.

    scripts/doxygen_filter.py src/cache_map.h      (doxygen calls it: INPUT_FILTER in packaging/doxygen/Doxyfile)

What is the interface, and what is not:
  * a function, struct or enum is, and has to have a comment: doxygen refuses it otherwise. A member without a
    comment of its own is described by that of its struct or enum;
  * CACHE_MAP_INLINE functions, macros without a comment, and all below `---- Views.` are the library's own.
"""

import os
import re

import common
from common import fail

STATUSES = ('OK INSERTED UPDATED REVIVED REMOVED FOUND TOMBSTONE ABSENT STASH_FULL SCOPE_FULL SCOPE_OPEN '
            'SCOPE_NOT_OPEN OPTIONS_INVALID SIZE_OVERFLOW OUT_OF_MEMORY').split()
STATUS = re.compile(r'(?<![\w#])(' + '|'.join(STATUSES) + r')(?!\w)')
SECTION = re.compile(r'/\* -- (.*?) -+ \*/$')
OWN_FROM_HERE = '/* ---- Views.'
# Of a member that the comment of its struct describes: documented, with nothing to show.
SILENT = ' /**< &zwj; */'


def prose(text):
    """Of a comment: no star starts emphasis, no # a link, and a status is a link."""
    parts = text.split('`')
    for index in range(0, len(parts), 2):
        parts[index] = STATUS.sub(r'@ref CACHE_MAP_\1 "\1"', re.sub(r'[*#](?=\w)', r'\\\g<0>', parts[index]))
    return '`'.join(parts)


class Filter:
    """Goes through the lines of one header; `lines` changes in place and keeps its length."""

    def __init__(self, name, lines):
        self.name = name
        self.lines = lines
        self.group_open = False
        self.replaceable = set()

    def last_of(self, start, ends):
        """The index of the first line, from `start` on, of which `ends` is true."""
        for index in range(start, len(self.lines)):
            if ends(self.lines[index]):
                return index
        fail(f'line {start + 1}: what starts here does not end: {self.lines[start]}')

    def comment_last(self, start):
        return self.last_of(start, lambda line: '*/' in line)

    def blank(self, start, end):
        self.lines[start:end] = [''] * (end - start)
        return end

    def file_comment(self):
        """Prose, or the manual of cache_map.h: that is laid out by hand and stays as it is."""
        first = 0
        if 'SPDX-License-Identifier' in self.lines[0]:
            self.lines[0], first = '', 1
        last = self.comment_last(first)
        text = self.lines[first:last + 1]
        if not any(re.match(r' \* {3,}\S', line) for line in text):
            self.document(first, last, f'/** @file {self.name} @brief ')
            return last + 1
        brief = ' '.join(line[3:] for line in text).split('. ')[0].split(' - ')[-1]
        text = [line[3:] for line in text]
        text[-1] = text[-1].replace('*/', '@endverbatim */')
        text[0] = f'/** @file {self.name} @brief {prose(brief)}. @details @verbatim {text[0]}'
        self.lines[first:last + 1] = text
        return last + 1

    def document(self, start, last, opening='/** '):
        """Makes these lines, a comment, one for doxygen."""
        for index in range(start, last + 1):
            self.lines[index] = prose(self.lines[index])
        self.lines[start] = self.lines[start].replace('/* ', opening, 1)
        # The escape of a star is not for those that make the comment.
        self.lines[last] = self.lines[last].replace('\\*/', '*/')

    def section(self, index, title):
        self.lines[index] = f'{"/** @} */" if self.group_open else ""}/** @name {title} */ /** @{{ */'
        self.group_open = True

    def block_after(self, last):
        """The line after a comment, '' if the comment is about nothing in particular."""
        return self.lines[last + 1] if last + 1 < len(self.lines) else ''

    def comment(self, start):
        last = self.comment_last(start)
        after = self.block_after(last)
        section = SECTION.match(self.lines[start])
        if section:
            self.section(start, section.group(1))
        elif after.startswith('CACHE_MAP_INLINE'):
            self.blank(start, last + 1)
        elif after.startswith('#define'):
            self.document(start, last)
            return self.macros(last + 1, after.split('(')[0].split()[1])
        elif after.startswith('#ifndef'):
            # A macro that the user may define: the comment is about the default that follows.
            self.document(start, last)
            self.replaceable.add(after.split()[1])
        elif after.strip() and not after.startswith('#'):
            self.document(start, last)
        return last + 1

    def macro_end(self, index):
        return self.last_of(index, lambda line: not line.endswith('\\')) + 1

    def macros(self, index, first):
        """Those that stand below a comment, without a blank line between them, share it."""
        index = self.macro_end(index)
        while self.lines[index].startswith('#define'):
            end = self.macro_end(index)
            joined = ' '.join(line.rstrip('\\ ') for line in self.lines[index:end])
            self.blank(index, end)
            self.lines[index] = f'{joined} /**< @copydoc {first} */'
            index = end
        return index

    def members(self, start):
        """A struct or enum: what stands behind a member is about it."""
        last = self.last_of(start, lambda line: line.startswith('}'))
        index = start + 1
        documented = False
        while index < last:
            line = self.lines[index]
            if line.lstrip().startswith('/* '):
                end = self.comment_last(index)
                self.document(index, end)
                documented = True
                index = end + 1
                continue
            if '/* ' in line:
                end = self.comment_last(index)
                self.document(index, end, '/**< ')
                index = end + 1
            else:
                if re.search(r'[;,]$|^ *CACHE_MAP_\w+( = .*)?$', line) and not documented:
                    self.lines[index] += SILENT
                index += 1
            documented = False
        return last + 1

    def run(self):
        index = self.file_comment()
        while index < len(self.lines):
            line = self.lines[index]
            if line.startswith(OWN_FROM_HERE):
                end = self.last_of(index, lambda line: line.startswith('#endif'))
                index = self.blank(index, end)
            elif line.startswith('/* '):
                index = self.comment(index)
            elif re.match(r'# *define ', line):
                end = self.macro_end(index)
                name = re.match(r'# *define (\w+)', line).group(1)
                index = end if name in self.replaceable else self.blank(index, end)
            elif line.startswith('CACHE_MAP_INLINE'):
                index = self.blank(index, self.last_of(index, lambda line: line.startswith('}')) + 1)
            elif re.match(r'(struct|enum) \w+ \{$', line):
                index = self.members(index)
            else:
                index += 1
        if self.group_open:
            self.lines.append('/** @} */')


def main(arguments):
    if len(arguments) != 1:
        fail('usage: scripts/doxygen_filter.py HEADER|DOCUMENT')
    with open(arguments[0], encoding='utf-8') as file:
        text = file.read()
    if arguments[0].endswith('.md'):
        # Doxygen 1.9.4 has other anchors of headings than those who show Markdown elsewhere.
        text = re.sub(r'\]\(([^)#\s]+\.md)#[^)\s]*\)', r'](\1)', text)
        text = re.sub(r'\[([^\]]+)\]\(#[^)\s]*\)', r'\1', text)
        # It writes the title into the tree of pages as it stands, with the tags of code.
        print(re.sub(r'\A# .*', lambda title: title.group().replace('`', ''), text), end='')
        return
    header = Filter(os.path.basename(arguments[0]), text.split('\n'))
    header.run()
    print('\n'.join(header.lines))


if __name__ == '__main__':
    common.run(main)
