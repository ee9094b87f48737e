"""Plants a fault in a module that is imported already: its functions get the code of the source as
it is on disk now, whoever holds them."""

import gc
import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType


class NotInFunctionsError(Exception):
    """More than bodies of functions differ: only an import would bring it about."""


def changed_codes(before: str, after: str, path: Path) -> dict[CodeType, CodeType]:
    """The new code of each function that differs.

    Raises NotInFunctionsError if what runs at import differs too.
    """
    old, new = (compile(source, path, "exec", dont_inherit=True) for source in (before, after))
    if _at_import(old) != _at_import(new):
        raise NotInFunctionsError
    olds, news = dict(_functions(old)), dict(_functions(new))
    return {code: news[name] for name, code in olds.items() if name in news and code != news[name]}


def functions_below(folder: Path) -> dict[str, list[FunctionType]]:
    """Every function that there is now, by the file that it is from."""
    gc.unfreeze()  # what is frozen is not listed
    functions = defaultdict[str, list[FunctionType]](list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(folder)):
            functions[one.__code__.co_filename].append(one)
    gc.freeze()
    return functions


def plant(codes: Mapping[CodeType, CodeType], functions: Iterable[FunctionType]) -> None:
    """Raises NotInFunctionsError if a function would need other variables around it."""
    for one in functions:
        if new := codes.get(one.__code__):
            if one.__code__.co_freevars != new.co_freevars:
                raise NotInFunctionsError
            one.__code__ = new


def _is_of_function(code: CodeType) -> bool:
    """Else it is the body of a module or of a class."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def _functions(code: CodeType, place: str = "") -> Iterator[tuple[str, CodeType]]:
    """All functions by where they stand: those of one name are counted."""
    counts = defaultdict[str, int](int)
    for one in code.co_consts:
        if isinstance(one, CodeType):
            counts[one.co_name] += 1
            name = f"{place}.{one.co_name}-{counts[one.co_name]}"
            if _is_of_function(one):
                yield name, one
            yield from _functions(one, name)


def _at_import(code: CodeType) -> list[object]:
    """What an import runs: of functions only the names, and no line."""
    return [
        code.co_code,
        code.co_names,
        *(
            (one.co_name if _is_of_function(one) else _at_import(one))
            if isinstance(one, CodeType)
            else (type(one), one)
            for one in code.co_consts
        ),
    ]
