"""The pictures of checked-out OpenStax books that may be trained on: `python -m latentlift.books --books DIR --out DIR`.

A book is a folder with LICENSE, modules/*/index.cnxml and media/. A picture is taken by the caption of the figure it stands
in (credits.py); drawings are at most a fifth of the whole. Beside the pictures, `attribution.csv` names each one's book,
licence and credit, and `left-out.csv` says why the others were left out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .credits import Verdict, judge
from .data import SUFFIXES

LICENCES = {"Attribution 4.0 International": "CC BY 4.0", "Attribution-ShareAlike 4.0 International": "CC BY-SA 4.0"}
LEAST_SIDE = 300  # pixels: a crop of 256 after a slight reduction
LEAST_BYTES = 30_000
MOST_DRAWINGS = 0.2
DARK = 64  # of 255


@dataclass(frozen=True)
class Candidate:
    """A picture of a book with what was decided about it."""

    book: str
    path: Path
    is_drawing: bool
    verdict: Verdict

    @property
    def name(self) -> str:
        return f"book_{self.book}_{self.path.name}"


def licence_of(book: Path) -> str:
    """The licence of a checked-out book; an error where it is none that allows derived works for any purpose."""
    first = (book / "LICENSE").read_text(errors="replace").lstrip().splitlines()[0].strip()
    if first not in LICENCES:
        raise ValueError(f"{book.name}: its LICENSE begins “{first}”; check out an earlier commit, under {' or '.join(LICENCES)}")
    return LICENCES[first]


def local(element: ET.Element) -> str:
    """A tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def captions(book: Path) -> dict[str, str]:
    """Caption by file name, of every picture that stands in a figure; the longer where it stands in several."""
    found: dict[str, str] = {}
    for module in sorted(book.glob("modules/*/index.cnxml")):
        try:
            root = ET.parse(module).getroot()
        except ET.ParseError:
            continue
        for figure in (e for e in root.iter() if local(e) == "figure"):
            text = " ".join("".join(e.itertext()) for e in figure.iter() if local(e) == "caption")
            for image in (e for e in figure.iter() if local(e) == "image"):
                name = image.get("src", "").rpartition("/")[2]
                found[name] = max(found.get(name, ""), text, key=len)
    return found


def drawn(image: Image.Image) -> bool:
    """Whether a picture is line art, a diagram or a chart: much of it is flat and light, where photographs have grain.

    Flat and dark is how photographs of stars and of glowing cells look, so that does not count.
    """
    grey = np.asarray(image.convert("L").resize((256, 256), Image.Resampling.BICUBIC), np.float32)
    blocks = grey.reshape(32, 8, 32, 8)
    flat = (blocks.std(axis=(1, 3)) < 1.0) & (blocks.mean(axis=(1, 3)) > DARK)
    tones = np.bincount((grey / 8).astype(int).clip(0, 31).ravel(), minlength=32)[DARK // 8 :] / grey.size
    return float(flat.mean()) > 0.3 or float(tones.max()) > 0.4


def candidates(book: Path) -> Iterator[Candidate]:
    """Every picture of a book that is large enough and stands in a figure."""
    licence = licence_of(book)
    for name, caption in sorted(captions(book).items()):
        path = book / "media" / name
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or path.stat().st_size < LEAST_BYTES:
            continue
        try:
            image = Image.open(path)
            if min(image.size) < LEAST_SIDE:
                continue
            is_drawing = drawn(image)
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        yield Candidate(book.name, path, is_drawing, judge(caption, is_drawing, licence))


def chosen(found: list[Candidate]) -> list[Candidate]:
    """Those with a licence, each picture once, and of the drawings so many that they are at most MOST_DRAWINGS of all."""
    allowed, seen = [], set()
    for candidate in found:
        digest = hashlib.sha256(candidate.path.read_bytes()).hexdigest()
        if candidate.verdict.licence and digest not in seen:
            seen.add(digest)
            allowed.append(candidate)
    others = [c for c in allowed if not c.is_drawing]
    drawings = sorted((c for c in allowed if c.is_drawing), key=lambda c: hashlib.sha256(c.name.encode()).digest())
    room = int(len(others) * MOST_DRAWINGS / (1 - MOST_DRAWINGS))
    return sorted([*others, *drawings[:room]], key=lambda c: c.name)


def write(out: Path, found: list[Candidate]) -> None:
    """Copy the chosen pictures (once) and write both tables."""
    out.mkdir(parents=True, exist_ok=True)
    taken = chosen(found)
    for candidate in taken:
        target = out / candidate.name
        if not target.exists():
            shutil.copyfile(candidate.path, target)
    with (out / "attribution.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "book", "licence", "drawing", "credit"])
        rows.writerows([c.path.name, c.book, c.verdict.licence, int(c.is_drawing), c.verdict.credit] for c in taken)
    with (out / "left-out.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "book", "why", "credit"])
        gone = [c for c in found if not c.verdict.licence]
        rows.writerows([c.path.name, c.book, c.verdict.why, c.verdict.credit] for c in gone)


def summary(found: list[Candidate]) -> str:
    """Markdown tables: pictures per book and per licence, and what was left out."""
    taken = chosen(found)
    lines = ["| book | taken | drawings | left out |", "|---|---|---|---|"]
    for book in sorted({c.book for c in found}):
        mine = [c for c in taken if c.book == book]
        others = sum(c.book == book for c in found) - len(mine)
        lines.append(f"| {book} | {len(mine)} | {sum(c.is_drawing for c in mine)} | {others} |")
    lines += ["", "| licence | pictures |", "|---|---|"]
    lines += [f"| {licence} | {n} |" for licence, n in Counter(c.verdict.licence for c in taken).most_common()]
    lines += ["", "| left out | pictures |", "|---|---|"]
    lines += [f"| {why} | {n} |" for why, n in Counter(c.verdict.why for c in found if not c.verdict.licence).most_common()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=Path, required=True, help="a folder of checked-out books")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    found = [c for book in sorted(p for p in args.books.iterdir() if (p / "LICENSE").exists()) for c in candidates(book)]
    write(args.out, found)
    print(summary(found))


if __name__ == "__main__":
    main()
