"""Fixed limits on the size of a request, each checked before the work that it limits.

Together they keep every request below 50 ms of processor time until it is refused or sends its
first statement (tests/gateway/test_nobody_blocks.py). They are not settings, so no configuration
can break that. Only the largest body, in bytes, is a setting.
"""

# --- JSON: bodies, WebSocket messages, variables in a URL ----------------------------------------

#: Keys of all objects. A batch of 300 applications has 3,010.
MOST_KEYS = 8_000
#: Values of all lists and objects: each is visited about four times, for about 1 µs.
MOST_VALUES = 12_000
#: How deeply lists and objects may nest. Our inputs need at most six levels.
DEEPEST_JSON = 32
#: Double quotes: around keys and strings, and escaped inside a document.
MOST_QUOTES = 2 * (MOST_KEYS + MOST_VALUES) + 10_000

# --- Documents -----------------------------------------------------------------------------------

#: Characters of a document, including comments and strings; checked before parsing.
MOST_CHARACTERS = 50_000
#: Tokens of a document: parsing and validating takes 20 µs each. Introspection by code generators
#: has 200 to 500, the dashboard's largest document 850.
MOST_TOKENS = 1_000
#: Characters of all registered documents whose texts are cached.
MOST_CACHED_CHARACTERS = 5_000_000
#: Comments of a document, which are not tokens but take time to parse.
MOST_COMMENTS = 200
#: Tokens of all documents in the cache of parsed documents, and again in the cache of plans: 300
#: documents of 200 tokens. Each token is about two more objects for the garbage collector.
MOST_CACHED_TOKENS = 60_000
#: Fields written in a document: they take longest to validate. The dashboard's largest document
#: has 330.
MOST_FIELDS = 600
#: Fields that an operation selects, counting a fragment's fields once for every spread.
MOST_SELECTED_FIELDS = 2_000
#: Root fields of an operation: the statements of all are built before the first one is sent. The
#: dashboard selects fourteen.
MOST_ROOT_FIELDS = 20
#: Seconds that a statement of a list may take: whatever takes longer is of no use to who waits for
#: a page, and some combination of filters may take long among many millions.
MOST_LIST_SECONDS = 2.0
#: Ids passed to `nodes` in one request: each takes 20 µs before a statement is sent.
MOST_NODES_OF_A_REQUEST = 500
#: Validation errors reported for one document.
MOST_MISTAKES = 10
#: Values in an introspection result, which needs no statement; an object counts as eight more. A
#: supervisor's whole schema has about 69,000.
MOST_SCHEMA_VALUES = 75_000

# --- Headers -------------------------------------------------------------------------------------

#: Characters of `Accept` and of `Content-Type`; browsers send about 150.
LONGEST_MEDIA_TYPES = 1_000
