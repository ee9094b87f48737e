"""What is drawn from known figures, as text: each word, number and setting of a picture."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from dash.development.base_component import Component

from dashboard.components.html_part import html_of
from tests.snapshots import assert_as_kept

FOLDER = Path(__file__).with_name("snapshots")
#: Pictures within tables, of which a checksum is kept: they are long.
_IMAGE = re.compile(r'src="data:[^"]*"')
#: What begins a line: all but what stands within a sentence.
_BLOCK = re.compile(r"<(?!/|span|small|b>|code|abbr)")


def assert_as_drawn(name: str, **parts: Any) -> None:
    """Each part is what its snapshot says: plain elements, pictures of Plotly, rows or texts."""
    lines = (line for part, drawn in parts.items() for line in (f"=== {part}", *_lines(drawn, "")))
    assert_as_kept(FOLDER / f"{name}.txt", lines)


def _lines(drawn: Any, name: str) -> Iterator[str]:
    if _is_of_elements(drawn) or (not name and str(drawn).startswith("<")):
        text = drawn if isinstance(drawn, str) else _written(drawn)
        text = _IMAGE.sub(lambda found: f'src="{crc32(found[0].encode()):08x}"', text)
        yield from (f"{name} {line}".strip() for line in _BLOCK.sub(r"\n<", text).split("\n"))
    elif isinstance(drawn, Mapping):
        for key, value in drawn.items():
            yield from _lines(value, f"{name}.{key}" if name else str(key))
    elif is_dataclass(drawn) and not isinstance(drawn, type):
        for each in fields(drawn):
            yield from _lines(getattr(drawn, each.name), f"{name}.{each.name}")
    elif isinstance(drawn, Sequence) and not isinstance(drawn, str) and not _is_row(drawn):
        for number, value in enumerate(drawn):
            yield from _lines(value, f"{name}[{number}]")
    else:
        yield f"{name} {_plain(drawn)!r}" if name else str(drawn)


def _written(node: Any) -> str:
    """Elements as HTML; what Dash keeps, by its name and properties."""
    try:
        return html_of(node)
    except TypeError:
        if isinstance(node, list | tuple):
            return "".join(map(_written, node))
    given = node.to_plotly_json()
    inside, kind = given["props"].pop("children", None), given["type"]
    named = "".join(f" {name}={value!r}" for name, value in sorted(given["props"].items()))
    return f"<{kind}{named}>{_written(inside)}</{kind}>"


def _plain(value: Any) -> Any:
    """As it is on any machine, whose last digits may differ."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _is_of_elements(drawn: Any) -> bool:
    if isinstance(drawn, list | tuple):
        return bool(drawn) and any(map(_is_of_elements, drawn))
    return isinstance(drawn, Component)


def _is_row(drawn: Sequence[Any]) -> bool:
    """Numbers and words that fit on a line."""
    return all(each is None or isinstance(each, str | int | float) for each in drawn)
