"""Whether a picture's own credit line lets it be trained on and redistributed in derived form."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Abbreviations are matched as they are written, words in any case. Anything refused here leaves a picture out, whatever
# else its credit says.
REFUSED = {
    "non-commercial": re.compile(r"\bNC\b|(?i:non-?\s?commercial)"),
    "no derivatives": re.compile(r"\bND\b|(?i:no-?\s?deriv)"),
    "by permission": re.compile(
        r"(?i:permission|all rights reserved|fair use|copyright(?!( ©)?( \d{4})?,?( by)? (rice|openstax)))|©(?! ?Rice)"
    ),
}
LICENCES = {
    "CC0": re.compile(r"\bCC ?-?0\b|CC Zero"),
    "CC BY-SA": re.compile(r"BY[- ]?SA\b|(?i:share-?\s?alike)"),
    "CC BY": re.compile(r"\bCC[- ]?BY\b|(?i:creative commons attribution)"),
    "public domain": re.compile(r"\bPD\b|(?i:public domain|no known copyright|no restrictions)"),
    "work of the US government": re.compile(
        r"\bNASA|\bNOAA|\bUSGS|\bNIH\b|\bCDC\b|U\.?S\.? (Air Force|Army|Navy|Marine|Coast|Department|Geological|Fish|Forest)"
        r"|Centers for Disease|National Institutes"
    ),
}
CREDIT = re.compile(r"\b(?:credit|attribution|source|photo|image)s?\b[^:()]{0,30}:\s*(.+)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Verdict:
    """`licence` is None where the picture is left out, and `why` says why."""

    credit: str
    licence: str | None
    why: str = ""


def credit_of(caption: str) -> str:
    """The credit line of a caption ("... (credit: NASA/JPL)"), empty where it has none."""
    found = CREDIT.search(" ".join(caption.split()))
    return found.group(1).strip().rstrip(".").removesuffix(")").strip() if found else ""


def judge(caption: str, is_drawing: bool, book_licence: str) -> Verdict:
    """What may be done with a picture of a book under a free licence.

    A credited picture without a licence of its own comes under the book's, and so does a drawing without a credit, which is
    the book's own work; a photograph or painting without a credit is unclear and left out.
    """
    credit = credit_of(caption)
    for why, pattern in REFUSED.items():
        if pattern.search(credit):
            return Verdict(credit, None, why)
    for licence, pattern in LICENCES.items():
        if pattern.search(credit):
            return Verdict(credit, licence)
    if credit or is_drawing:
        return Verdict(credit or "the book's authors", f"{book_licence} (the book's)")
    return Verdict("", None, "no credit")
