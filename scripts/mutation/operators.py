# SPDX-License-Identifier: Apache-2.0
"""Finds the mutants of one C file: every single small change of the operators below, in the bodies of
its functions.

Works on tokens and on the statements that they make, which is as much of C's grammar as the library's
style needs: comments, strings, preprocessor lines, declarations outside functions and types are never
touched, nor what stands in an assertion (in a correct library an assertion that is weaker or gone
changes nothing). What it proposes in vain, such as `*` for the `+` of a pointer, the compiler refuses
later. Knows nothing of building, running or judging.

`python3 scripts/mutation/operators.py FILE` prints the mutants of a file, one a line."""

import bisect
import collections
import hashlib
import re
import sys

# What a `Mutant` is: a replacement of the characters start..end of a file.
#   lines      of the first changed character, from 1
#   before,    the changed source lines without and with the change, white space collapsed: with file and
#   after      function they name a mutant for as long as its line stays as it is
Mutant = collections.namedtuple(
    'Mutant', 'id file function operator line start end replacement before after group')

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


class SourceError(Exception):
    """The file is not of the C that this understands."""


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
            raise SourceError('line %d: no token of C: %r' % (text.count('\n', 0, at) + 1, text[at:at + 20]))
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
                    raise SourceError('line %d: %s closes nothing' % (self.line_of(token.start), token.text))
                partner[at] = open_ones.pop()
                partner[partner[at]] = at
        if open_ones:
            raise SourceError('line %d: a bracket is never closed' %
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


# ---- Mutants. --------------------------------------------------------------------------------------

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


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith('-'):
        print('usage: python3 scripts/mutation/operators.py FILE', file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding='utf-8') as file:
            mutants = mutants_of(arguments[0].rsplit('/', 1)[-1], file.read())
    except (OSError, UnicodeDecodeError, SourceError) as error:
        print('operators.py: %s: %s' % (arguments[0], error), file=sys.stderr)
        return 2
    for mutant in mutants:
        print('%d %s: %s: %s => %s' % (mutant.line, mutant.function, mutant.operator, mutant.before, mutant.after))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
