"""The languages that the dashboard speaks, the first of which is the usual one."""

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("id", "en")
LOCALES: Mapping[str, str] = MappingProxyType({"id": "id_ID", "en": "en_GB"})
