"""Budgets. An expression in a diagram is a sentence, not a program: what is larger is a mistake or an attack."""

#: characters of source
SOURCE = 4_096
#: brackets, functions and if-then-else inside each other
NESTING = 40
#: levels of the syntax tree, chains of `.name` and `[…]` included
HEIGHT = 60
#: levels of functions that call each other, each counted with the height of its body
CALLS = 300
#: steps of one evaluation: one for each part of a loop's body in each round, each element that a function reads
FUEL = 20_000
#: steps that a power, logarithm or the like costs
SERIES = 30
#: steps that counting a deadline costs, beside one for each day
COUNTING = 15
#: steps that the first use of a pattern costs, and what each of its characters adds
PATTERN, PATTERN_CHARACTER = 100, 16
#: characters of a string
STRING = 20_000
#: characters of strings that one step of fuel pays for
STRING_STEP = 64
#: elements of a list or context, and all elements of a value that goes in or comes out
NODES = 5_000
#: levels of lists and contexts inside each other
VALUE_DEPTH = 40
#: decimal digits of a number (FEEL: IEEE 754 decimal128)
DIGITS = 34
INTEGER = 10**DIGITS
EXPONENT = 6_144
