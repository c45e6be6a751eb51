# SPDX-License-Identifier: Apache-2.0
"""Finds the mutants of one C file: every single small change of the operators below, in the bodies of
its functions.

Works on tokens and on the statements that they make (parse.py): comments, strings, preprocessor lines, declarations outside functions and types are never
touched, nor what stands in an assertion (in a correct library an assertion that is weaker or gone
changes nothing). What it proposes in vain, such as `*` for the `+` of a pointer, the compiler refuses
later. Knows nothing of building, running or judging."""

import bisect
import collections
import hashlib
import re

from parse import ASSERTIONS, OPERAND_ENDS, TYPE_MACROS, TYPE_WORDS, WORDS_BEFORE_OPERANDS, Body, Source

# What a `Mutant` is: a replacement of the characters start..end of a file.
#   lines      of the first changed character, from 1
#   before,    the changed source lines without and with the change, white space collapsed: with file and
#   after      function they name a mutant for as long as its line stays as it is
Mutant = collections.namedtuple(
    'Mutant', 'id file function operator line start end replacement before after group')

RELATIONAL = {'<': ('<=', '>='), '<=': ('<', '>'), '>': ('>=', '<='), '>=': ('>', '<'),
              '==': ('!=',), '!=': ('==',)}
ARITHMETIC = {'+': ('-',), '-': ('+',), '*': ('/',), '/': ('*',), '%': ('/',), '<<': ('>>',), '>>': ('<<',)}
LOGICAL = {'&&': ('||',), '||': ('&&',), '&': ('|',), '|': ('&',), '^': ('|',)}
COMPOUND = {'+=': ('-=', '='), '-=': ('+=', '='), '*=': ('/=', '='), '/=': ('*=', '='), '|=': ('&=', '='),
            '&=': ('|=', '='), '^=': ('|=', '='), '<<=': ('>>=', '='), '>>=': ('<<=', '=')}
INCREMENTS = {'++': ('--',), '--': ('++',)}
WORDS = {'true': ('false',), 'false': ('true',)}

OPERATORS = ('relational', 'arithmetic', 'logical', 'constant', 'statement deletion', 'condition negation',
             'off by one', 'compound assignment', 'increment')


class Finder:
    """Collects the mutants of a file."""

    def __init__(self, source):
        self.source, self.tokens, self.partner = source, source.tokens, source.partner
        self.starts = [token.start for token in self.tokens]
        self.found, self.seen = [], collections.Counter()
        for self.function, brace, _ in source.functions:
            self.of_body(Body(source, brace))
        self.found.sort(key=lambda mutant: (mutant.start, mutant.end))

    # -- Where the changed text is, and what it is called.

    def add(self, operator, start, end, replacement):
        """Replaces the characters start..end of the file."""
        text = self.source.text
        first = text.rfind('\n', 0, start) + 1
        last = text.find('\n', end)
        before = ' '.join(text[first:last].split())
        after = ' '.join((text[first:start] + replacement + text[end:last]).split())
        name = (self.source.file, self.function, before, after)
        self.seen[name] += 1
        digest = hashlib.sha256('\0'.join(name + (str(self.seen[name]),)).encode()).hexdigest()[:10]
        group = self.tokens[self.token_at(start)].group
        self.found.append(Mutant(digest, self.source.file, self.function, operator, self.source.line_of(start),
                                 start, end, replacement, before, after, group))

    def token_at(self, position):
        return bisect.bisect_left(self.starts, position)

    def add_token(self, operator, at, replacements):
        for replacement in replacements:
            self.add(operator, self.tokens[at].start, self.tokens[at].end, replacement)

    def wrap(self, operator, first, last, prefix, suffix):
        """Puts prefix and suffix around the tokens first..last, the end exclusive."""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        self.add(operator, start, end, prefix + self.source.text[start:end] + suffix)

    # -- What stands where.

    def is_type_in_brackets(self, close):
        """Whether the bracket that closes at `close` holds a type: that of a cast, not of sizeof."""
        inside = self.tokens[self.partner[close] + 1:close]
        if not inside or any(token.kind != 'name' and token.text != '*' for token in inside):
            return False
        named = any(token.text in TYPE_WORDS or token.text in TYPE_MACROS or re.fullmatch(r'\w+_t|__m\d+i', token.text)
                    for token in inside)
        before = self.partner[close] - 1
        return named and self.tokens[before].text not in ('sizeof', 'alignof', 'CACHE_MAP_ALIGNOF')

    def is_binary(self, at, first):
        """Whether the sign at `at`, in an expression that begins at `first`, has an operand before it."""
        if at == first:
            return False
        before = self.tokens[at - 1]
        if before.text == ')':
            return not self.is_type_in_brackets(at - 1)
        if before.kind == 'name':
            return before.text not in WORDS_BEFORE_OPERANDS
        return before.kind in ('number', 'string') or before.text in OPERAND_ENDS

    def is_in_type(self, at):
        """The `*` of `(type *)`."""
        return self.tokens[at + 1].text in (')', '*') or self.tokens[at - 1].text in TYPE_WORDS

    # -- The operators.

    def of_body(self, body):
        for first, last in body.deletable:
            self.delete(first, last)
        for first, last in body.conditions:
            self.negate(first, last)
        for first, last in body.bounds:
            self.bound(first, last)
        for first, last in body.expressions:
            self.expression(first, last)

    def delete(self, first, last):
        self.add('statement deletion', self.tokens[first].start, self.tokens[last - 1].end, '')

    def negate(self, first, last):
        """Not where negating the only relation in it, or taking its only `!` away, says the same."""
        texts = [token.text for token in self.tokens[first:last]]
        relations = sum(text in RELATIONAL for text in texts)
        if '&&' not in texts and '||' not in texts and (relations == 1 or texts[0] == '!'):
            return
        self.wrap('condition negation', first, last, '!(', ')')

    def bound(self, first, last):
        """The bound of a loop, one less; one more is what the relational operators make."""
        for at in range(first, last):
            if self.tokens[at].text in ('<', '<='):
                end = Body.find(self, at + 1, last, {'&&', '||'})
                self.wrap('off by one', at + 1, end, '(', ') - 1')

    def text(self, at):
        return self.tokens[at].text

    def expression(self, first, last):
        at = first
        while at < last:
            token = self.tokens[at]
            if token.text in ASSERTIONS:
                at = self.partner[at + 1] + 1
                continue
            if token.kind == 'number':
                self.number(at)
            elif token.kind == 'name' and token.text in WORDS:
                self.add_token('constant', at, WORDS[token.text])
            elif token.kind == 'sign':
                self.sign(at, first)
            at += 1

    def number(self, at):
        text = self.text(at)
        digits = text.rstrip('uUlL')
        value, suffix = int(digits, 0), text[len(digits):]
        form = ('%#x' if text[:2] in ('0x', '0X') else '%d') + suffix
        self.add_token('constant', at, (form % (value + 1),))
        if value > 0:
            self.add_token('constant', at, (form % (value - 1),))

    def sign(self, at, first):
        text = self.text(at)
        if text == '[':
            self.wrap('off by one', at + 1, self.partner[at], '(', ') + 1')
            self.wrap('off by one', at + 1, self.partner[at], '(', ') - 1')
        elif text == '?':
            self.negate(self.ternary_start(at, first), at)
        elif text in ('!', '~'):
            self.add_token('logical', at, ('',))
        elif text in COMPOUND:
            self.add_token('compound assignment', at, COMPOUND[text])
        elif text in INCREMENTS:
            self.add_token('increment', at, INCREMENTS[text])
        elif text in RELATIONAL:
            self.add_token('relational', at, RELATIONAL[text])
        elif text in ('&&', '||', '|', '^') or (text == '&' and self.is_binary(at, first)):
            self.add_token('logical', at, LOGICAL[text])
        elif text in ARITHMETIC and self.is_binary(at, first) and not self.is_in_type(at):
            self.add_token('arithmetic', at, ARITHMETIC[text])

    def ternary_start(self, at, first):
        """The first token of the condition before the `?` at `at`."""
        stops = {',', '(', '[', '{', '?', ':', ';', 'return', '='} | set(COMPOUND)
        while at > first and self.text(at - 1) not in stops:
            at = self.partner[at - 1] if self.text(at - 1) in (')', ']', '}') else at - 1
        return at


def mutants_of(file, text):
    """All mutants of a file, in the order of the text."""
    return Finder(Source(file, text)).found


def apply(text, mutant):
    return text[:mutant.start] + mutant.replacement + text[mutant.end:]
