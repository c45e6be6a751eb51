# SPDX-License-Identifier: Apache-2.0
"""A C file as tokens, functions and the statements in them, which is as much of C's grammar as the library's style
needs. Knows nothing of mutants."""

import bisect
import collections
import re

from common import fail

Token = collections.namedtuple('Token', 'kind text start end group')

TOKEN = re.compile(r'''
    (?P<blank>\s+|/\*.*?\*/|//[^\n]*)
  | (?P<string>L?"(?:\\.|[^"\\])*"|L?'(?:\\.|[^'\\])*')
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[0-9a-zA-Z_.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[][(){}<>;:,.?!~*/%&|^=+-])
''', re.X | re.S)

ASSERTIONS = {'CACHE_MAP_ASSERT', 'CACHE_MAP_STATIC_ASSERT', 'assert', 'static_assert', '_Static_assert'}
TYPE_WORDS = {'const', 'static', 'struct', 'enum', 'union', 'unsigned', 'signed', 'char', 'short', 'int',
              'long', 'bool', 'void', 'float', 'double', 'volatile', '__extension__', '__int128'}
TYPE_MACROS = {'CACHE_MAP_VALUE', 'CACHE_MAP_KEY', 'CACHE_MAP_THIS'}
OPERAND_ENDS = {')', ']'}
WORDS_BEFORE_OPERANDS = {'return', 'case', 'sizeof', 'else', 'do'}


# ---- Tokens. --------------------------------------------------------------------------------------

def is_directive(text, at):
    return text[at] == '#' and text[text.rfind('\n', 0, at) + 1:at].strip() == ''


def directive_end(text, at):
    """The end of the preprocessor line at `at`, its continuations and comments included."""
    return re.compile(r'(?:\\\n|/\*.*?\*/|[^\n\\]|\\)*', re.S).match(text, at).end()


def tokens_of(text):
    """The tokens outside preprocessor lines. A token's group numbers the arm of the #if that it is in."""
    tokens, groups, at, group_count = [], [0], 0, 0
    while at < len(text):
        if is_directive(text, at):
            end = directive_end(text, at)
            word = re.match(r'#\s*(\w+)', text[at:end]).group(1)
            if word in ('elif', 'else', 'endif'):
                groups.pop()
            if word in ('if', 'ifdef', 'ifndef', 'elif', 'else'):
                group_count += 1
                groups.append(group_count)
            at = end
            continue
        match = TOKEN.match(text, at)
        if match is None:
            fail('line %d: no token of C: %r' % (text.count('\n', 0, at) + 1, text[at:at + 20]))
        if match.lastgroup != 'blank':
            tokens.append(Token(match.lastgroup, match.group(), at, match.end(), groups[-1]))
        at = match.end()
    return tokens


# ---- Functions and statements. ---------------------------------------------------------------------

class Source:
    """One file: its tokens, where brackets close, and the functions in it."""

    def __init__(self, file, text):
        self.file, self.text = file, text
        self.tokens = tokens_of(text)
        self.partner = self.match_brackets()
        self.line_starts = [0] + [match.end() for match in re.finditer('\n', text)]
        self.functions = list(self.find_functions())

    def line_of(self, position):
        return bisect.bisect_right(self.line_starts, position)

    def match_brackets(self):
        partner, open_ones = {}, []
        for at, token in enumerate(self.tokens):
            if token.kind == 'sign' and token.text in '([{':
                open_ones.append(at)
            elif token.kind == 'sign' and token.text in ')]}':
                if not open_ones:
                    fail('line %d: %s closes nothing' % (self.line_of(token.start), token.text))
                partner[at] = open_ones.pop()
                partner[partner[at]] = at
        if open_ones:
            fail('line %d: a bracket is never closed' %
                              self.line_of(self.tokens[open_ones[-1]].start))
        return partner

    def find_functions(self):
        """(name, token of the body's opening brace, whether the template makes the name): a body is a
        `{` outside of all others that follows a `)`. The name has what the template puts before it,
        but for the map's own."""
        at = 0
        while at < len(self.tokens):
            if self.tokens[at].text == '{':
                if at > 0 and self.tokens[at - 1].text == ')':
                    name = self.partner[at - 1] - 1
                    made = self.tokens[name].text == ')'  # CACHE_MAP_FUNCTION(name)(...)
                    hidden = made and self.tokens[name - 3].text == 'CACHE_MAP_INTERNAL'
                    yield ('cache_map_' if hidden else '') + self.tokens[name - made].text, at, made
                at = self.partner[at]
            at += 1

    def function_text(self, name):
        """The text of every function of this name (there is one for each arm of an #if)."""
        texts = [self.text[self.tokens[brace].start:self.tokens[self.partner[brace]].end]
                 for other, brace, _ in self.functions if other == name]
        return '\n'.join(texts)


class Body:
    """Walks the statements of one function; what it finds is in `conditions`, `bounds`, `deletable`,
    and `expressions`: ranges of token numbers, the end exclusive."""

    def __init__(self, source, brace):
        self.source, self.tokens, self.partner = source, source.tokens, source.partner
        self.conditions, self.bounds, self.deletable, self.expressions = [], [], [], []
        self.block(brace)

    def text(self, at):
        return self.tokens[at].text

    def find(self, at, end, wanted):
        """The first token of `wanted` from `at` on that no bracket encloses, or `end`."""
        while at < end and self.text(at) not in wanted:
            at = self.partner[at] + 1 if self.text(at) in '([{' and self.tokens[at].kind == 'sign' else at + 1
        return at

    def block(self, at):
        end = self.partner[at]
        at += 1
        while at < end:
            at = self.statement(at)
        return end + 1

    def statement(self, at):
        """Walks the statement at `at`; returns the token after it."""
        word = self.text(at)
        if word == '{':
            return self.block(at)
        if word in ('if', 'while', 'switch'):
            return self.headed(at, word)
        if word == 'for':
            return self.loop(at)
        if word in ('case', 'default'):
            colon = self.find(at, len(self.tokens), {':'})
            self.expressions.append((at + 1, colon))
            return colon + 1
        if word == 'do':
            return self.statement(at + 1)
        if word == 'else':
            return self.statement(at + 1)
        return self.simple(at)

    def headed(self, at, word):
        close = self.partner[at + 1]
        self.expressions.append((at + 2, close))
        if word != 'switch':
            self.conditions.append((at + 2, close))
        return self.statement(close + 1)

    def loop(self, at):
        close = self.partner[at + 1]
        first = self.find(at + 2, close, {';'})
        second = self.find(first + 1, close, {';'})
        self.declaration_or_expression(at + 2, first)
        if second > first + 1:
            self.conditions.append((first + 1, second))
            self.bounds.append((first + 1, second))
            self.expressions.append((first + 1, second))
        self.expressions.append((second + 1, close))
        return self.statement(close + 1)

    def simple(self, at):
        end = self.find(at, len(self.tokens), {';'})
        if self.text(at) in ASSERTIONS:
            return end + 1
        if self.text(at) in ('return', 'break', 'continue'):
            self.deletable.append((at, end))
            self.expressions.append((at + 1, end))
        elif end > at and not self.declaration_or_expression(at, end):
            self.deletable.append((at, end))
        return end + 1

    def is_declaration(self, at, end):
        if self.tokens[at].kind != 'name':
            return False
        if self.text(at) in TYPE_WORDS:
            return True
        star = at + 1
        while star < end and self.text(star) == '*':
            star += 1
        return star < end and self.tokens[star].kind == 'name'

    def declaration_or_expression(self, at, end):
        """True if it is a declaration: of that only the initialisers are expressions."""
        if not self.is_declaration(at, end):
            self.expressions.append((at, end))
            return False
        while at < end:
            value = self.find(at, end, {'='})
            at = self.find(value, end, {','}) + 1
            if value < end:
                self.expressions.append((value + 1, at - 1))
        return True
