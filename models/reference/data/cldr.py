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
#: Regions after the M49 of the United Nations, which has none for Antarctica.
REGIONS = {
    "AFRICA": (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM "
        "LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF "
        "TG TN TZ UG YT ZA ZM ZW"
    ),
    "AMERICAS": (
        "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL "
        "GP GS GT GY HN HT JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US "
        "UY VC VE VG VI"
    ),
    "EAST_ASIA": "CN HK JP KP KR MN MO TW",
    "SOUTHEAST_ASIA": "BN ID KH LA MM MY PH SG TH TL VN",
    "SOUTH_AND_CENTRAL_ASIA": "AF BD BT IN IR KG KZ LK MV NP PK TJ TM UZ",
    "MIDDLE_EAST": "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE",
    "EUROPE": (
        "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS "
        "IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK"
    ),
    "OCEANIA": (
        "AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS"
    ),
}


def read_rows() -> list[tuple[str, str, str, str, str]]:
    """Alpha-2 and alpha-3 codes with the names in English and Indonesian and the region, by code.

    Raises KeyError for a country whose region is not stated.
    """
    region_of = {code: region for region, codes in REGIONS.items() for code in codes.split()}
    english, indonesian = (Locale(language).territories for language in ("en", "id"))
    alpha3 = {
        aliased[0]: code
        for code, aliased in get_global("territory_aliases").items()
        if len(code) == 3 and code.isalpha() and code not in WITHDRAWN and len(aliased) == 1
    }
    alpha3[KOSOVO] = KOSOVO_ISO3
    return [
        (code, alpha3[code], english[code], indonesian[code], region_of[code])
        for code in sorted(alpha3)
        if code in english and code not in NO_COUNTRIES
    ]


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("code", "iso3", "name_en", "name_id", "region"))
    writer.writerows(read_rows())
