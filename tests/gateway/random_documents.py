"""Random documents for the view of a role: valid ones, of all that the language has for queries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from tests.gateway.random_values import CODES, LOOK_UPS, literal, random_value

ALIASES = ("a", "b", "code", "name", "nodes", "reference")
#: For what identity is read, and of which case a role can read it.
PURPOSES = {
    "OFFICER": (("CASEWORK", "SGPO-OPEN-0006"), ("CASEWORK", "AUSY-PAID-0013")),
    "SUPERVISOR": (("SUPERVISION", "AUSY-GRAN-0001"), ("CASEWORK", "AUSY-PAID-0013")),
    "PARTNER_AGENT": (("INTAKE", "AUSY-PAID-0013"),),
    "SCREENING": (("CASEWORK", "AUSY-PAID-0013"),),
    "APPLICANT": (("OWN_DATA", "AUSY-PAID-0013"),),
}
OTHER_WAYS = {"viewer": "{ role }", "node": '(id: "x") { __typename }', "__typename": ""}

#: Where there is most to tell.
LIKELY = ("applications", "application", "applicant", "identity", "decision", "nodes", "node")

#: After how many fields a document goes no deeper: what small ones cost, large ones cost tenfold,
#: and most of what goes wrong goes wrong in a small one.
SIZES = (3, 3, 5, 5, 8, 8, 12, 20, 50)

#: For a list of the role: an order, null for the usual one, and a cursor of it.
Places = Mapping[str, Sequence[tuple[dict[str, str] | None, str]]]


@dataclass(frozen=True)
class Document:
    """A document, and which operations of it to run, with which values for their variables."""

    text: str
    requests: tuple[tuple[str | None, dict[str, Any]], ...]
    #: Whether it takes no way in but those to rows and pages.
    asks_for_rows: bool


def random_document(dice: Random, view: GraphQLSchema, role: str, places: Places) -> Document:
    """A document that is valid for a role."""
    return _Writer(dice, view, role, places)()


@dataclass(frozen=True)
class _Variable:
    declared: str
    #: The value of each of two requests; none where it is left out.
    values: tuple[list[Any], list[Any]]


class _Writer:
    def __init__(self, dice: Random, view: GraphQLSchema, role: str, places: Places) -> None:
        self._dice = dice
        self._view = view
        self._role = role
        self._places = places
        self._variables: dict[str, _Variable] = {}
        self._fragments: dict[str, tuple[str, str]] = {}
        #: What stands under a key of a type: two places that ask for it have to ask alike.
        self._keys: dict[tuple[str, str], str] = {}
        self._is_asking_for_rows = True
        self._reads_identity = False
        #: The variables that each operation declares.
        self._used: dict[str, list[str]] = {}
        self._left = dice.choice(SIZES)
        #: A purpose and its case; and whether the document is to read identity for it.
        self._stated = dice.choice(PURPOSES.get(role, (None,)))
        self._seeks_identity = self._stated is not None and self._chance(0.4)

    def __call__(self) -> Document:
        query = self._view.query_type
        assert query is not None
        names = ["One", "Two", "Three"][: self._dice.choice((1, 1, 1, 2, 3))]
        bodies = {name: self._selection_set(query, 7) for name in names}
        self._reads_identity = any(
            "identity" in self._expand_fragments(body) for body in bodies.values()
        )
        written = [self._operation(name, body) for name, body in bodies.items()]
        written += [
            f"fragment {name} on {on} {body}" for name, (on, body) in self._fragments.items()
        ]
        self._dice.shuffle(written)
        text = "\n".join(written)
        asked = names[0] if len(names) > 1 or self._chance(0.3) else None
        first, second = self._values(names[0])
        again = [(asked, second)] if second != first else []
        others = [(name, self._values(name)[0]) for name in names[1:]]
        return Document(text, ((asked, first), *again, *others), self._is_asking_for_rows)

    def _chance(self, share: float) -> bool:
        return self._dice.randrange(1000) < share * 1000

    # --- Operations ------------------------------------------------------------------------------

    def _operation(self, name: str, body: str) -> str:
        purpose = self._purpose() if self._chance(0.9 if self._reads_identity else 0.1) else ""
        named = self._variables_in(purpose + body)
        self._used[name] = used = [one for one in self._variables if one in named]
        declared = ", ".join(f"${one}: {self._variables[one].declared}" for one in used)
        return f"query {name}{f'({declared})' if declared else ''}{purpose} {body}"

    def _variables_in(self, text: str) -> set[str]:
        """The variables of a text, and of the fragments that it spreads."""
        return set(re.findall(r"\$(v\d+)", self._expand_fragments(text)))

    def _expand_fragments(self, text: str) -> str:
        spread = sorted(set(re.findall(r"\.\.\.(F\d+)", text)))
        return text + "".join(self._expand_fragments(self._fragments[name][1]) for name in spread)

    def _purpose(self) -> str:
        directive = self._view.get_directive("purpose")
        if directive is None or self._stated is None:
            return ""
        given = dict(zip(("code", "reference"), self._stated, strict=True))
        written = (f"{n}: {self._write_value(directive.args[n].type, v)}" for n, v in given.items())
        return f" @purpose({', '.join(written)})"

    def _values(self, operation: str) -> tuple[dict[str, Any], dict[str, Any]]:
        first, second = (
            {n: v for n in self._used[operation] for v in self._variables[n].values[which]}
            for which in (0, 1)
        )
        return first, second

    # --- Selections ------------------------------------------------------------------------------

    def _selection_set(self, type_: GraphQLObjectType, depth: int) -> str:
        count = self._dice.choice((1, 2, 2, 3, 4)) if self._left > 0 else 1
        parts = [self._part(type_, depth) for _ in range(count)]
        return f"{{ {' '.join(parts)} }}"

    def _part(self, type_: GraphQLObjectType, depth: int) -> str:
        kind = self._dice.randrange(20)
        if kind == 0 and type_ is not self._view.query_type:
            return self._under_key(type_, "__typename", self._switch())
        if kind in (1, 2):
            head = f"{self._condition(type_)}{self._switch()}"
            return f"...{head} {self._selection_set(type_, depth - 1)}"
        if kind in (3, 4):
            return f"...{self._fragment(type_, depth)}{self._switch()}"
        if kind == 5 and type_.interfaces:
            return f"... on Node{self._switch()} {{ id nid: id __typename }}"
        return self._field(type_, depth)

    def _condition(self, type_: GraphQLObjectType) -> str:
        return self._dice.choice(("", f" on {type_.name}"))

    def _fragment(self, type_: GraphQLObjectType, depth: int) -> str:
        known = [name for name, (on, _) in self._fragments.items() if on == type_.name]
        if known and self._chance(0.6):
            return self._dice.choice(known)
        body = self._selection_set(type_, depth - 1)
        name = f"F{len(self._fragments)}"
        self._fragments[name] = (type_.name, body)
        return name

    def _field(self, type_: GraphQLObjectType, depth: int) -> str:
        if type_ is self._view.query_type and self._chance(0.02):
            self._is_asking_for_rows = False
            name = self._dice.choice([*OTHER_WAYS])
            return f"{name}{OTHER_WAYS[name]}"
        name = self._name(type_, depth)
        field = type_.fields.get(name)
        if field is None:
            return name
        args = self._arguments(type_.name, name, field)
        inner = get_named_type(field.type)
        has_fields = isinstance(inner, GraphQLObjectType | GraphQLInterfaceType)
        below = f" {self._selection_set(inner, depth - 1)}" if has_fields else ""
        return self._under_key(type_, f"{name}{args}", f"{self._switch()}{below}")

    def _name(self, type_: GraphQLObjectType, depth: int) -> str:
        """A field that leads on while there is depth, and to rows or pages of them from the top."""
        self._left -= 1
        names = [
            name
            for name, field in type_.fields.items()
            if is_leaf_type(get_named_type(field.type)) or self._leads_on(name, depth)
        ]
        if type_ is self._view.query_type:
            names = [name for name, field in type_.fields.items() if _leads_to_rows(name, field)]
        likely = [name for name in names if name in LIKELY]
        share = 0.8 if self._seeks_identity else 0.4
        return self._dice.choice(
            likely if likely and self._chance(share) else names or ["__typename"]
        )

    def _leads_on(self, name: str, depth: int) -> bool:
        """Whether a field that has fields may be asked for."""
        return depth > 0 and (self._left > 0 or (self._seeks_identity and name in LIKELY))

    def _under_key(self, type_: GraphQLObjectType, asked: str, rest: str) -> str:
        key = self._dice.choice(ALIASES) if self._chance(0.3) else asked.split("(")[0]
        while self._keys.setdefault((type_.name, key), asked) != asked:
            key = f"k{self._dice.randrange(100)}"
        return f"{asked}{rest}" if key == asked.split("(")[0] else f"{key}: {asked}{rest}"

    def _switch(self) -> str:
        if not self._chance(0.15):
            return ""
        names = self._dice.choice((("skip",), ("include",), ("skip", "include")))
        condition = GraphQLNonNull(self._view.get_type("Boolean"))  # type: ignore[type-var]
        values = (self._dice.choice((True, False)) for _ in names)
        return "".join(
            f" @{name}(if: {self._write_value(condition, value)})"
            for name, value in zip(names, values, strict=True)
        )

    # --- Arguments -------------------------------------------------------------------------------

    def _arguments(self, type_name: str, name: str, field: GraphQLField) -> str:
        if type_name == "Query" and name not in LOOK_UPS:
            given = self._page(name, field)
        elif "first" in field.args:
            given = self._page_of_links(f"{type_name}.{name}")
        elif "by" in field.args:
            given = {"by": self._name_of(name, field.args["by"].type)}
        else:
            chosen = {n: a for n, a in field.args.items() if n != "language" or self._chance(0.7)}
            given = {
                n: random_value(self._dice, argument.type, name) for n, argument in chosen.items()
            }
        written = [
            f"{n}: {self._write_value(field.args[n].type, value, has_default=n == 'language')}"
            for n, value in given.items()
        ]
        return f"({', '.join(written)})" if written else ""

    def _name_of(self, name: str, by: Any) -> dict[str, Any]:
        """One way to name a thing; a code is one of its own kind."""
        if name == "application" and self._seeks_identity and self._stated and self._chance(0.8):
            return {"reference": self._stated[1]}
        named = random_value(self._dice, by, name)
        return {n: self._dice.choice(CODES[name]) if n == "code" else v for n, v in named.items()}

    def _page_of_links(self, coordinate: str) -> dict[str, Any]:
        size = self._dice.choice((1, 1, 2, 3, 100) if self._chance(0.98) else (0, 101, -1))
        given: dict[str, Any] = {"first": size}
        if self._chance(0.3) and (places := self._places.get(coordinate)):
            given["after"] = self._dice.choice(places)[1]
        return given

    def _page(self, name: str, field: GraphQLField) -> dict[str, Any]:
        if name == "applications" and self._seeks_identity and self._chance(0.5):
            return {"first": 20}
        size = self._dice.choice((1, 2, 3, 5, 20, 100) if self._chance(0.95) else (0, 101, -1))
        given: dict[str, Any] = {self._dice.choice(("first", "last")): size}
        if self._chance(0.4) and (places := self._places.get(name)):
            order, cursor = self._dice.choice(places)
            given |= {self._dice.choice(("after", "before")): cursor}
            given |= {"orderBy": order} if order else {}
        elif self._chance(0.3) and "orderBy" in field.args:
            given["orderBy"] = random_value(self._dice, field.args["orderBy"].type, name)
        if self._chance(0.3) and "where" in field.args:
            given["where"] = self._where(name, field)
        for other, argument in field.args.items():
            if isinstance(argument.type, GraphQLNonNull) and other not in given:
                given[other] = random_value(self._dice, argument.type, other)
        if self._chance(0.03):
            given[self._dice.choice([*given])] = None
        return given

    def _where(self, name: str, field: GraphQLField) -> Any:
        """Up to four filters, of which each row of an answer meets all."""
        where: Any = field.args["where"].type
        most = min(len(where.fields), self._dice.choice((1, 1, 2, 2, 3, 4)))
        names = self._dice.sample([*where.fields], most)
        return {n: random_value(self._dice, where.fields[n].type, n) for n in names}

    def _write_value(self, type_: Any, value: Any, *, has_default: bool = False) -> str:
        """A value as it is written in the document, in whole or in part by variables."""
        if self._chance(0.3):
            return f"${self._variable(type_, value, has_default)}"
        plain = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(value, dict) and isinstance(plain, GraphQLInputObjectType):
            if plain.is_one_of:
                return literal(plain, value)
            inner = (f"{n}: {self._write_value(plain.fields[n].type, v)}" for n, v in value.items())
            return f"{{{', '.join(inner)}}}"
        return literal(plain, value)

    def _variable(self, type_: Any, value: Any, has_default: bool) -> str:
        plain = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        other = random_value(self._dice, plain, "") if is_leaf_type(plain) else value
        is_nullable = plain is type_ and not has_default
        if self._chance(0.4) and value is not None and self._may_be_nullable(plain):
            declared, choices = f"{plain} = {literal(plain, other)}", ([], [value], [other])
        elif is_nullable and self._chance(0.3):
            declared, choices = str(plain), ([value], [other], [])
        else:
            declared = str(plain) if value is None else f"{plain}!"
            choices = ([value], [other])
        if self._chance(0.04) and not declared.endswith("!"):
            choices = ([None],)
        name = f"v{len(self._variables)}"
        drawn = (self._dice.choice(choices), self._dice.choice(choices))
        self._variables[name] = _Variable(declared, drawn)
        return name

    def _may_be_nullable(self, plain: Any) -> bool:
        """What names one of several things takes no variable that could be null."""
        return isinstance(plain, GraphQLScalarType | GraphQLEnumType) and plain.name not in (
            "ID",
            "String",
            "CountryCode",
        )


def _leads_to_rows(name: str, field: GraphQLField) -> bool:
    return get_named_type(field.type).name.endswith("Connection") or name in LOOK_UPS
