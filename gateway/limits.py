"""How much one request may make this process look at, each limit checked before its work.

They hold whatever the settings say: together they keep every request below 50 ms of processor
time until it is refused or its first statement is sent (tests/gateway/test_nobody_blocks.py).
How long a body may be, in bytes, is a setting.
"""

# --- JSON: bodies, messages of sockets, variables in an address ----------------------------------

#: Keys of all objects. A batch of 300 applications has 3,010.
MOST_KEYS = 8_000
#: Values of all lists and objects: looking at each takes about a microsecond, four times over.
MOST_VALUES = 12_000
#: How deeply lists and objects may nest: no input of ours needs more than six levels.
DEEPEST_JSON = 32
#: Double quotes: those around keys and texts, and those that a document escapes.
MOST_QUOTES = 2 * (MOST_KEYS + MOST_VALUES) + 10_000
#: Parameters of an address: five are known.
MOST_PARAMETERS = 20

# --- Documents -----------------------------------------------------------------------------------

#: Characters of a document, comments and texts included; checked before it is read.
MOST_CHARACTERS = 50_000
#: Words and signs of a document: reading and validating takes 20 µs for each. Introspection by
#: code generators takes 200 to 500, the largest of the dashboard 850.
MOST_TOKENS = 1_000
#: Comments of a document, which are no tokens but are read all the same.
MOST_COMMENTS = 200
#: Tokens of all documents that are kept parsed, and as many again of those that are kept planned:
#: 300 documents of 200 tokens. Each token is about two objects more for the collector of cycles.
MOST_KEPT_TOKENS = 60_000
#: Fields that are written in a document: validating one takes longer than any other token does.
#: The largest document of the dashboard has 330.
MOST_FIELDS = 600
#: Fields that an operation selects, those of fragments once for each place that spreads them.
MOST_SELECTED_FIELDS = 2_000
#: Fields at the root of an operation: each is begun, its statement written, before the first one is
#: read. The dashboard asks for fourteen.
MOST_ROOT_FIELDS = 20
#: Things that are looked up by `nodes` in one request: each takes 20 µs before a statement is sent.
MOST_NODES_OF_A_REQUEST = 500
#: Mistakes that are told of one document.
MOST_MISTAKES = 10
#: Objects and values told of the schema itself, which takes no statement: all of a supervisor's has
#: 7,800.
MOST_SCHEMA_VALUES = 9_000

# --- Headers -------------------------------------------------------------------------------------

#: Characters of `Accept` and of `Content-Type`; browsers send about 150.
LONGEST_MEDIA_TYPES = 1_000
