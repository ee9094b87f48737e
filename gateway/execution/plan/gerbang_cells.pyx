# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
"""Runs programs on the cells of libpq's results: what `gateway.execution.plan.render` does, without
a Python object for each value.

Nothing that comes in is trusted: not the places and jumps of a program, not the lengths of cells.
Whatever is not as expected raises, and nothing is answered from it.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_Check, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int16_t, int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcmp, memcpy

ctypedef int (*of_result)(const void*) noexcept
ctypedef int (*of_cell)(const void*, int, int) noexcept
ctypedef const unsigned char* (*value_of_cell)(const void*, int, int) noexcept

cdef of_result result_rows = NULL
cdef of_result result_columns = NULL
cdef of_cell cell_is_null = NULL
cdef of_cell cell_length = NULL
cdef value_of_cell cell_value = NULL
cdef object Error = ValueError
cdef object Group = tuple

# The bounds of what Python, and so the answer, can say.
cdef int64_t FIRST_MICROSECOND = 0
cdef int64_t LAST_MICROSECOND = 0
cdef int32_t FIRST_DAY = 0
cdef int32_t LAST_DAY = 0

cdef const char* HEX = b"0123456789abcdef"
cdef const char* BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
cdef int64_t DAY = 86400000000

cdef enum:
    TEXT, CELL, ID, JOINED, ROW, ROWS, CALL, CALL_ROW, REFERENCE, CODES

cdef enum:
    KIND_TEXT, KIND_INSTANT, KIND_DATE, KIND_INT2, KIND_INT4, KIND_INT8, KIND_BOOL, KIND_UUID, KINDS

cdef int NO_KEY = -1


def bind(functions, error, group, instants, dates):
    """Say where libpq's functions are, what to raise, and which instants and days there are."""
    global result_rows, result_columns, cell_is_null, cell_length, cell_value, Error, Group
    global FIRST_MICROSECOND, LAST_MICROSECOND, FIRST_DAY, LAST_DAY
    result_rows = <of_result><size_t>functions["PQntuples"]
    result_columns = <of_result><size_t>functions["PQnfields"]
    cell_is_null = <of_cell><size_t>functions["PQgetisnull"]
    cell_length = <of_cell><size_t>functions["PQgetlength"]
    cell_value = <value_of_cell><size_t>functions["PQgetvalue"]
    Error, Group = error, group
    FIRST_MICROSECOND, LAST_MICROSECOND = instants
    FIRST_DAY, LAST_DAY = dates


cdef struct Instruction:
    int code
    int a
    int b
    int c
    const char* data
    Py_ssize_t size


cdef struct Table:
    const void* result
    int rows
    int columns
    int key
    int size
    bint is_reversed


cdef struct Cell:
    const unsigned char* value
    Py_ssize_t length
    bint is_null


cdef class Program:
    """The instructions of a branch. Raises ValueError for one that this module does not know."""

    cdef Instruction* instructions
    cdef int count
    cdef list data

    def __cinit__(self, instructions):
        self.count = len(instructions)
        self.data = []
        self.instructions = <Instruction*>malloc(max(self.count, 1) * sizeof(Instruction))
        if self.instructions == NULL:
            raise MemoryError
        for number, (code, a, b, c, data) in enumerate(instructions):
            self._set(number, code, a, b, c, data)

    cdef int _set(self, int number, int code, int a, int b, int c, object data) except -1:
        cdef Instruction* one = &self.instructions[number]
        if not 0 <= code < CODES:
            raise ValueError("an instruction of no known code")
        if code == CELL and not 0 <= b < KINDS or code == ID and b not in (KIND_TEXT, KIND_UUID):
            raise ValueError("a cell of no known kind")
        if code in (JOINED, ROW, ROWS) and not number < c <= self.count:
            raise ValueError("an instruction that leads nowhere")
        self.data.append(data)
        one.code, one.a, one.b, one.c, one.data, one.size = code, a, b, c, NULL, 0
        if code in (TEXT, ID):
            if not PyBytes_Check(data):
                raise ValueError("a text that is no bytes")
            one.data, one.size = PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
        return 0

    def __dealloc__(self):
        free(self.instructions)


def render(Program program, rendering, int table=0, int row=0):
    """Run a program, from a row of a table where it begins with one."""
    return _Run(program, rendering).render(table, row)


cdef class _Run:
    cdef Program program
    cdef object rendering
    cdef list results
    cdef list groups
    cdef list reference
    cdef Table* tables
    cdef int table_count
    cdef char* out
    cdef Py_ssize_t length
    cdef Py_ssize_t room
    cdef int64_t values

    def __cinit__(self, Program program, rendering):
        if cell_value == NULL:
            raise RuntimeError("libpq's functions are not bound")
        self.program, self.rendering = program, rendering
        tables = rendering.tables
        self.table_count = len(tables)
        self.results = [table.rows for table in tables]  # keeps libpq's results alive
        self.groups = [None] * self.table_count
        self.reference = list(rendering.reference)
        self.room = 4096
        self.out = <char*>malloc(self.room)
        self.tables = <Table*>malloc(max(self.table_count, 1) * sizeof(Table))
        if self.out == NULL or self.tables == NULL:
            raise MemoryError
        for number, table in enumerate(tables):
            self._set(number, table)

    cdef int _set(self, int number, object table) except -1:
        cdef Table* one = &self.tables[number]
        one.result = <const void*><size_t>table.rows.address
        if one.result == NULL:
            raise ValueError("a result of no address")
        one.rows, one.columns = result_rows(one.result), result_columns(one.result)
        one.key = -1 if table.key is None else table.key
        one.size, one.is_reversed = max(table.size, 0), table.is_reversed
        return 0

    def __dealloc__(self):
        free(self.out)
        free(self.tables)

    cdef bytes render(self, int table, int row):
        self._between(0, self.program.count, table, row)
        self.rendering.count.values += self.values
        return PyBytes_FromStringAndSize(self.out, self.length)

    # --- The answer's bytes ----------------------------------------------------------------------

    cdef char* _grow(self, Py_ssize_t more) except NULL:
        """Where the next bytes go, with room for so many."""
        cdef char* larger
        if self.length + more > self.room:
            self.room = (self.length + more) * 2
            larger = <char*>realloc(self.out, self.room)
            if larger == NULL:
                raise MemoryError
            self.out = larger
        return self.out + self.length

    cdef int _write(self, const char* data, Py_ssize_t size) except -1:
        memcpy(self._grow(size), data, size)
        self.length += size
        return 0

    # --- Instructions ------------------------------------------------------------------------------

    cdef int _between(self, int at, int end, int table, int row) except -1:
        cdef Instruction* one
        cdef Cell cell
        cdef int of, first, count
        while at < end:
            one = &self.program.instructions[at]
            at += 1
            if one.code == TEXT:
                self._write(one.data, one.size)
                self.values += one.a
            elif one.code == CELL:
                cell = self._cell(table, row, one.a)
                if not cell.is_null:
                    self._value(cell, one.b)
                elif one.c:
                    self._write(b"null", 4)
                else:
                    raise Error("null where there must be a value")
            elif one.code == ID:
                cell = self._cell(table, row, one.a)
                if cell.is_null:
                    raise Error("a row without a key")
                self._global_id(one, cell)
            elif one.code == REFERENCE:
                self._reference_row(one.b, self._cell(table, row, one.a))
            elif one.code == CALL_ROW:
                self._check(table, row)
                self._call(self.program.data[at - 1], table, row, 1)
            elif one.code == CALL:
                self._group(one.a, one.b, table, row, &first, &count)
                self._call(self.program.data[at - 1], one.a, first, count)
            else:
                if one.c > end:
                    raise ValueError("an instruction that leads too far")
                if one.code == JOINED:
                    if self._cell(table, row, one.a).is_null:
                        self._write(b"null", 4)
                        at = one.c
                elif one.code == ROW:
                    self._group(one.a, one.b, table, row, &first, &count)
                    if count:
                        self._between(at, one.c, one.a, first)
                    else:
                        self._write(b"null", 4)
                    at = one.c
                else:
                    self._group(one.a, one.b, table, row, &first, &count)
                    self._list(at, one.c, one.a, first, count)
                    at = one.c
        return 0

    cdef int _list(self, int at, int end, int table, int first, int count) except -1:
        cdef int number, shown = min(count, self.tables[table].size)
        cdef bint is_reversed = self.tables[table].is_reversed
        self._write(b"[", 1)
        for number in range(shown):
            if number:
                self._write(b",", 1)
            self._between(at, end, table, first + (shown - 1 - number if is_reversed else number))
        return self._write(b"]", 1)

    cdef int _reference_row(self, int of, Cell key) except -1:
        cdef object found = None
        if not 0 <= of < len(self.reference):
            raise IndexError("reference data that is not read")
        if not key.is_null:
            found = self.reference[of].get(PyBytes_FromStringAndSize(<const char*>key.value, key.length))
        if found is None:
            return self._write(b"null", 4)
        written, values = found
        self.values += values
        return self._write_bytes(written)

    cdef int _call(self, object write, int table, int first, int count) except -1:
        return self._write_bytes(write(self.rendering, Group(table, first, count)))

    cdef int _write_bytes(self, object written) except -1:
        if not PyBytes_Check(written):
            raise TypeError("what is written is no bytes")
        return self._write(PyBytes_AS_STRING(written), PyBytes_GET_SIZE(written))

    # --- Cells -----------------------------------------------------------------------------------

    cdef int _check(self, int table, int row) except -1:
        if not (0 <= table < self.table_count and 0 <= row < self.tables[table].rows):
            raise IndexError("a row that there is not")
        return 0

    cdef Cell _cell(self, int table, int row, int column) except *:
        cdef Cell cell
        self._check(table, row)
        cdef Table* one = &self.tables[table]
        if not 0 <= column < one.columns:
            raise IndexError("a column that there is not")
        cell.is_null = cell_is_null(one.result, row, column)
        cell.value, cell.length = NULL, 0
        if not cell.is_null:
            cell.value = cell_value(one.result, row, column)
            cell.length = cell_length(one.result, row, column)
            if cell.value == NULL or cell.length < 0:
                raise Error("a cell without a length")
        return cell

    cdef int _group(
        self, int of, int key, int table, int row, int* first, int* count
    ) except -1:
        """The rows of a table for the key in a column of a row."""
        cdef Cell cell
        if not 0 <= of < self.table_count:
            raise IndexError("a table that there is not")
        first[0] = 0
        if key == NO_KEY:
            count[0] = self.tables[of].rows
            return 0
        if self.groups[of] is None:
            self.groups[of] = self._find_groups(of)
        cell = self._cell(table, row, key)
        count[0] = 0
        if not cell.is_null:
            found = self.groups[of].get(PyBytes_FromStringAndSize(<const char*>cell.value, cell.length))
            if found is not None:
                first[0], count[0] = found
        return 0

    cdef dict _find_groups(self, int of):
        """The rows of each key, which stand together."""
        cdef dict groups = {}
        cdef Cell cell, last
        cdef int row, first = 0, rows = self.tables[of].rows
        last.is_null, last.value, last.length = True, NULL, 0
        for row in range(rows):
            cell = self._cell(of, row, self.tables[of].key)
            if cell.is_null:
                raise Error("a row that belongs to no key")
            if row and cell.length == last.length and not memcmp(cell.value, last.value, cell.length):
                continue
            if row:
                self._note_group(groups, last, first, row)
            first, last = row, cell
        if rows:
            self._note_group(groups, last, first, rows)
        return groups

    cdef int _note_group(self, dict groups, Cell cell, int first, int end) except -1:
        key = PyBytes_FromStringAndSize(<const char*>cell.value, cell.length)
        if key in groups:
            raise Error("the rows of a key do not stand together")
        groups[key] = (first, end - first)
        return 0

    # --- Values ----------------------------------------------------------------------------------

    cdef int _value(self, Cell cell, int kind) except -1:
        if kind == KIND_TEXT:
            return self._text(cell)
        if kind == KIND_INSTANT:
            return self._instant(<int64_t>self._number(cell, 8))
        if kind == KIND_DATE:
            return self._date(<int32_t>self._number(cell, 4))
        if kind == KIND_INT2:
            return self._integer(<int16_t>self._number(cell, 2))
        if kind == KIND_INT4:
            return self._integer(<int32_t>self._number(cell, 4))
        if kind == KIND_INT8:
            return self._integer(<int64_t>self._number(cell, 8))
        if kind == KIND_BOOL:
            return self._bool(cell)
        return self._uuid(cell)

    cdef uint64_t _number(self, Cell cell, int size) except? 7:
        cdef uint64_t number = 0
        cdef int place
        if cell.length != size:
            raise Error("a number of another length")
        for place in range(size):
            number = number << 8 | cell.value[place]
        return number

    cdef int _text(self, Cell cell) except -1:
        cdef Py_ssize_t place
        cdef unsigned char byte
        cdef bint is_plain = True
        for place in range(cell.length):
            if cell.value[place] >= 128:
                is_plain = False
                break
        if not is_plain:
            try:
                PyUnicode_DecodeUTF8(<const char*>cell.value, cell.length, NULL)
            except UnicodeDecodeError:
                raise Error("a text that is not UTF-8") from None
        cdef char* out = self._grow(cell.length * 6 + 2)
        out[0] = b'"'
        out += 1
        for place in range(cell.length):
            byte = cell.value[place]
            if byte >= 32 and byte != 34 and byte != 92:
                out[0] = <char>byte
                out += 1
                continue
            out[0] = b"\\"
            if byte == 34 or byte == 92:
                out[1] = <char>byte
            elif byte == 8:
                out[1] = b"b"
            elif byte == 9:
                out[1] = b"t"
            elif byte == 10:
                out[1] = b"n"
            elif byte == 12:
                out[1] = b"f"
            elif byte == 13:
                out[1] = b"r"
            else:
                memcpy(out + 1, b"u00", 3)
                out[4], out[5] = HEX[byte >> 4], HEX[byte & 15]
                out += 4
            out += 2
        out[0] = b'"'
        self.length = out + 1 - self.out
        return 0

    cdef int _integer(self, int64_t number) except -1:
        cdef char digits[20]
        cdef int place = 20
        # The smallest number has no positive one.
        cdef uint64_t rest = <uint64_t>0 - <uint64_t>number if number < 0 else <uint64_t>number
        while True:
            place -= 1
            digits[place] = <char>(48 + rest % 10)
            rest //= 10
            if rest == 0:
                break
        if number < 0:
            place -= 1
            digits[place] = b"-"
        return self._write(digits + place, 20 - place)

    cdef int _bool(self, Cell cell) except -1:
        if cell.length != 1 or cell.value[0] > 1:
            raise Error("a boolean of another length")
        return self._write(b"true", 4) if cell.value[0] else self._write(b"false", 5)

    cdef int _uuid(self, Cell cell) except -1:
        if cell.length != 16:
            raise Error("a UUID of another length")
        cdef char* out = self._grow(38)
        out[0] = out[37] = b'"'
        _write_uuid(out + 1, cell.value)
        self.length += 38
        return 0

    cdef int _date(self, int32_t day) except -1:
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Error("a date out of bounds")
        cdef char* out = self._grow(12)
        out[0] = out[11] = b'"'
        _write_day(out + 1, day)
        self.length += 12
        return 0

    cdef int _instant(self, int64_t microseconds) except -1:
        if not FIRST_MICROSECOND <= microseconds <= LAST_MICROSECOND:
            raise Error("an instant out of bounds")
        cdef int64_t day = microseconds // DAY
        if microseconds % DAY < 0:
            day -= 1
        cdef int64_t rest = microseconds - day * DAY
        cdef int second = <int>(rest // 1000000), fraction = <int>(rest % 1000000)
        cdef char* out = self._grow(40)
        cdef char* begin = out
        out[0] = b'"'
        _write_day(out + 1, <int32_t>day)
        out[11] = b"T"
        _two(out + 12, second // 3600)
        out[14] = b":"
        _two(out + 15, second // 60 % 60)
        out[17] = b":"
        _two(out + 18, second % 60)
        out += 20
        if fraction:
            out[0] = b"."
            _two(out + 1, fraction // 10000)
            _two(out + 3, fraction // 100 % 100)
            _two(out + 5, fraction % 100)
            out += 7
        memcpy(out, b'+00:00"', 7)
        self.length += out + 7 - begin
        return 0

    cdef int _global_id(self, Instruction* one, Cell cell) except -1:
        """The type and the key of the row, in base 64 for addresses, without padding."""
        cdef char uuid[36]
        cdef const unsigned char* key = cell.value
        cdef Py_ssize_t key_length = cell.length, length, place
        cdef uint32_t three
        if one.b == KIND_UUID:
            if cell.length != 16:
                raise Error("a UUID of another length")
            _write_uuid(uuid, cell.value)
            key, key_length = <const unsigned char*>uuid, 36
        else:
            try:
                PyUnicode_DecodeUTF8(<const char*>cell.value, cell.length, NULL)
            except UnicodeDecodeError:
                raise Error("a text that is not UTF-8") from None
        length = one.size + key_length
        cdef char* out = self._grow((length + 2) // 3 * 4 + 2)
        out[0] = b'"'
        out += 1
        for place in range(0, length, 3):
            three = (
                _byte(one, key, length, place) << 16
                | _byte(one, key, length, place + 1) << 8
                | _byte(one, key, length, place + 2)
            )
            out[0], out[1] = BASE64[three >> 18], BASE64[three >> 12 & 63]
            out[2], out[3] = BASE64[three >> 6 & 63], BASE64[three & 63]
            out += 4
        if length % 3:
            out -= 3 - length % 3
        out[0] = b'"'
        self.length = out + 1 - self.out
        return 0


cdef inline uint32_t _byte(
    Instruction* one, const unsigned char* key, Py_ssize_t length, Py_ssize_t place
) noexcept:
    """A byte of what begins a global id and its key, one behind the other; 0 behind both."""
    if place < one.size:
        return <unsigned char>one.data[place]
    return key[place - one.size] if place < length else 0


cdef inline void _two(char* out, int number) noexcept:
    out[0], out[1] = <char>(48 + number // 10), <char>(48 + number % 10)


cdef void _write_uuid(char* out, const unsigned char* value) noexcept:
    cdef int byte
    for byte in range(16):
        if byte in (4, 6, 8, 10):
            out[0] = b"-"
            out += 1
        out[0], out[1] = HEX[value[byte] >> 4], HEX[value[byte] & 15]
        out += 2


cdef void _write_day(char* out, int32_t day) noexcept:
    """The date of a day since 2000-01-01, by the days of 400 years, which begin with March."""
    cdef int64_t since = <int64_t>day + 10957 + 719468
    cdef int64_t era = since // 146097
    cdef int64_t of_era = since - era * 146097
    cdef int64_t year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    cdef int64_t of_year = of_era - (365 * year + year // 4 - year // 100)
    cdef int64_t month = (5 * of_year + 2) // 153
    cdef int date = <int>(of_year - (153 * month + 2) // 5 + 1)
    month += 3 if month < 10 else -9
    year += era * 400 + (1 if month <= 2 else 0)
    _two(out, <int>(year // 100))
    _two(out + 2, <int>(year % 100))
    out[4] = out[7] = b"-"
    _two(out + 5, <int>month)
    _two(out + 8, date)
