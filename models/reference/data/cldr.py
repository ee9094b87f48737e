"""Writes ``countries.csv`` from Unicode CLDR, for somebody to review before it is committed:

python -m models.reference.data.cldr > models/reference/data/countries.csv
"""

import csv
import sys

from babel import Locale
from babel.core import get_global

#: Codes of CLDR that ISO 3166 only reserves, or that are no territories.
NO_COUNTRIES = {"AC", "CP", "DG", "EU", "TA", "XA", "XB", "ZZ"}
#: Codes that ISO 3166 has withdrawn.
WITHDRAWN = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}
#: ISO 3166 assigns no code to Kosovo; these user-assigned ones are customary.
KOSOVO, KOSOVO_ISO3 = "XK", "XKX"


def read_rows() -> list[tuple[str, str, str, str]]:
    """Alpha-2 and alpha-3 codes with the names in English and Indonesian, by code."""
    english, indonesian = (Locale(language).territories for language in ("en", "id"))
    alpha3 = {
        aliased[0]: code
        for code, aliased in get_global("territory_aliases").items()
        if len(code) == 3 and code.isalpha() and code not in WITHDRAWN and len(aliased) == 1
    }
    alpha3[KOSOVO] = KOSOVO_ISO3
    return [
        (code, alpha3[code], english[code], indonesian[code])
        for code in sorted(alpha3)
        if code in english and code not in NO_COUNTRIES
    ]


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("code", "iso3", "name_en", "name_id"))
    writer.writerows(read_rows())
