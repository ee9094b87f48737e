"""Every role has its words, its texts, its place in the realm, somebody to try it, and rights."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.finding import Finding
from checks.sources import Sources, find_all, keys, members_named
from checks.texts import texts_of

REALM = Path("deploy/keycloak/realm.json")
#: Nobody signs in as this.
SIGNED_OUT = "ANONYMOUS"


def check_roles(sources: Sources) -> Iterator[Finding]:
    roles = sources.members("models", "Role")
    for role in roles:
        yield from _texts(sources, role)
        yield from _policy(sources, role)
        yield from _audience(sources, role)
        if role != SIGNED_OUT:
            yield from _demo_user(sources, role)
    yield from _realm(sources, roles)


def _texts(sources: Sources, role: str) -> Iterator[Finding]:
    for file, texts in texts_of(sources).items():
        if texts.has_section("roles") and f"roles.{role}" not in texts:
            yield Finding(
                file, texts.line_of_section("roles"), f"no text roles.{role}: add what the role is"
                " called",
            )  # fmt: skip


def _policy(sources: Sources, role: str) -> Iterator[Finding]:
    policy = sources.find_value("gateway", "POLICY")
    module = sources.module_of("gateway", policy)
    if role not in members_named(module.tree, "Role"):
        yield Finding(
            policy.file, policy.line, f"the policy does not name Role.{role}: say what it reads"
            " and changes",
        )  # fmt: skip


def _demo_user(sources: Sources, role: str) -> Iterator[Finding]:
    users = sources.find_class("gateway", "DemoUser")
    if role not in members_named(sources.module_of("gateway", users).tree, "Role"):
        yield Finding(
            users.file, users.line, f"no demo user has Role.{role}: add one, so that people can"
            " try it",
        )  # fmt: skip


def _audience(sources: Sources, role: str) -> Iterator[Finding]:
    """Who reads exact figures by group sees them in the dashboard."""
    access = keys(sources.find_value("gateway", "POLICY").node).get("VolumeRow")
    audiences = sources.find_value("dashboard", "AUDIENCES")
    shown = _roles_named(audiences.node)
    if access is not None and role in _rows(access) and role not in shown:
        yield Finding(
            audiences.file, audiences.line, f"AUDIENCES has no {role}, which reads figures by the"
            " policy: add it",
        )  # fmt: skip


def _roles_named(node: ast.AST) -> set[str]:
    """The roles that the dashboard names, as texts or by an enum of its own."""
    texts = {each.value for each in find_all(node, ast.Constant) if isinstance(each.value, str)}
    return texts | {each.attr for each in find_all(node, ast.Attribute)}


def _rows(access: ast.expr) -> set[str]:
    """The roles that reach rows of a type."""
    for keyword in getattr(access, "keywords", []):
        if keyword.arg == "rows":
            return members_named(keyword.value, "Role")
    return set()


def _realm(sources: Sources, roles: Mapping[str, int]) -> Iterator[Finding]:
    file = sources.root / REALM
    if not file.exists():
        yield Finding(file, 1, "the realm of the demo's Keycloak is missing")
        return
    text = file.read_text(encoding="utf-8")
    realm: dict[str, Any] = json.loads(text)
    known = {role["name"] for role in realm["roles"]["realm"]}
    in_use = {role for user in realm["users"] for role in user.get("realmRoles", [])}
    for role in roles.keys() - {SIGNED_OUT}:
        if role not in known:
            yield Finding(file, _line(text, '"realm":'), f"no realm role {role}: add it")
        if role not in in_use:
            yield Finding(file, _line(text, '"users":'), f"no user of the realm has {role}: add the"
                          " demo user")  # fmt: skip
    for role in (known | in_use) - roles.keys():
        yield Finding(file, _line(text, f'"{role}"'), f"{role} is no role: remove it")


def _line(text: str, wanted: str) -> int:
    found = re.search(rf"^\s*{re.escape(wanted)}.*\[", text, re.MULTILINE)
    at = found.start() if found else max(text.find(wanted), 0)
    return text.count("\n", 0, at + 1) + 1
