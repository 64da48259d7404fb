import csv

import numpy as np
import pytest
from PIL import Image, ImageDraw

from latentlift import books
from latentlift.credits import credit_of, judge

BOOK = "CC BY 4.0"


@pytest.mark.parametrize(
    ("caption", "licence", "why"),
    [
        ("A mirror. (credit: ESO/G. Huedepohl)", "CC BY 4.0 (the book's)", ""),
        ("The Moon. (credit: modification of work by NASA/JPL)", "work of the US government", ""),
        ("Osman. (credit: “Osman Gazi (I)” by Seyid Lockman/Wikimedia Commons, Public Domain)", "public domain", ""),
        ("A street. (Credit: “Street” by A. Person/Flickr, CC BY 2.0)", "CC BY", ""),
        ("A street. (credit: A. Person, CC BY-SA 4.0)", "CC BY-SA", ""),
        ("A street. (credit: A. Person/Flickr, CC BY-NC 2.0)", None, "non-commercial"),
        ("A map. (attribution: Copyright Rice University, OpenStax, under CC BY NC-SA 4.0 license)", None, "non-commercial"),
        ("A map. (attribution: Copyright Rice University, OpenStax, under CC BY 4.0 license)", "CC BY", ""),
        ("A street. (credit: A. Person, CC BY-ND 2.0)", None, "no derivatives"),
        ("A cell. (credit: A. Person, used with permission)", None, "by permission"),
        ("A cell. (credit: © 2010 A. Person)", None, "by permission"),
        ("A painting of 1724 shows William Byrd II.", None, "no credit"),
    ],
)
def test_a_picture_is_taken_or_left_by_its_own_credit_line(caption, licence, why):
    verdict = judge(caption, is_drawing=False, book_licence=BOOK)
    assert (verdict.licence, verdict.why) == (licence, why)


def test_a_drawing_without_a_credit_is_the_books_own():
    assert judge("A circuit.", is_drawing=True, book_licence=BOOK).licence == "CC BY 4.0 (the book's)"
    assert judge("A circuit. (credit: X, CC BY-NC 2.0)", is_drawing=True, book_licence=BOOK).licence is None


def test_a_credit_ends_where_its_bracket_does_and_may_hold_brackets():
    assert credit_of("A car. (credit: Matt Trostle, Flickr)") == "Matt Trostle, Flickr"
    assert credit_of("Names (a) and (b). (credit b: Wellcome Library (London))") == "Wellcome Library (London)"
    assert credit_of("A motionless person.") == ""


def photograph(seed):
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.normal(120, 40, (400, 400, 3)).clip(0, 255).astype(np.uint8))


def diagram(seed):
    image = Image.new("RGB", (400, 400), "white")
    pen = ImageDraw.Draw(image)
    rng = np.random.default_rng(seed)
    for _ in range(400):  # dense enough to weigh something, in a corner
        pen.line([tuple(int(v) for v in rng.integers(0, 180, 2)) for _ in range(2)], fill=tuple(rng.integers(0, 255, 3).tolist()))
    return image


def figure(name, caption):
    return f'<figure><media><image src="../../media/{name}"/></media><caption>{caption}</caption></figure>'


def make_book(root, name, licence="Attribution 4.0 International", photographs=8, drawings=6):
    book = root / name
    (book / "media").mkdir(parents=True)
    (book / "modules" / "m1").mkdir(parents=True)
    (book / "LICENSE").write_text(f"{licence}\n\n====")
    figures = []
    for i in range(photographs):
        photograph(i + len(name)).save(book / "media" / f"photo{i}.png")
        credit = "CC BY-NC 2.0" if i == 0 else "CC BY 2.0"
        figures.append(figure(f"photo{i}.png", f"A. (credit: B, {credit})"))
    for i in range(drawings):
        diagram(i).save(book / "media" / f"draw{i}.png")
        figures.append(figure(f"draw{i}.png", "A circuit."))
    photograph(99).save(book / "media" / "stray.png")  # stands in no figure
    text = f'<document xmlns="http://cnx.rice.edu/cnxml"><content>{"".join(figures)}</content></document>'
    (book / "modules" / "m1" / "index.cnxml").write_text(text)
    return book


def test_line_art_is_told_from_photographs():
    assert books.drawn(diagram(0)) and not books.drawn(photograph(0))
    stars = np.zeros((400, 400, 3), np.uint8)
    stars[150:260, 150:260] = np.asarray(photograph(1))[:110, :110]
    assert not books.drawn(Image.fromarray(stars))


def test_a_book_becomes_pictures_with_a_table_of_who_made_them(tmp_path):
    found = list(books.candidates(make_book(tmp_path / "books", "history")))
    books.write(tmp_path / "out", found)
    rows = list(csv.DictReader((tmp_path / "out" / "attribution.csv").open()))
    assert {r["file"] for r in rows if r["drawing"] == "0"} == {f"photo{i}.png" for i in range(1, 8)}
    assert {p.name for p in (tmp_path / "out").glob("*.png")} == {f"book_history_{r['file']}" for r in rows}
    assert all(r["licence"] and r["credit"] for r in rows)
    left = {r["file"]: r["why"] for r in csv.DictReader((tmp_path / "out" / "left-out.csv").open())}
    assert left == {"photo0.png": "non-commercial"}


def test_drawings_are_at_most_a_fifth(tmp_path):
    taken = books.chosen(list(books.candidates(make_book(tmp_path, "physics", photographs=9, drawings=20))))
    assert 0 < sum(c.is_drawing for c in taken) <= 0.2 * len(taken)


def test_a_picture_that_stands_in_two_books_is_taken_once(tmp_path):
    one, two = make_book(tmp_path, "aa"), make_book(tmp_path, "bb")
    taken = books.chosen([*books.candidates(one), *books.candidates(two)])
    assert sorted(c.path.name for c in taken if not c.is_drawing) == [f"photo{i}.png" for i in range(1, 8)]


def test_a_book_under_a_licence_that_forbids_is_refused_with_what_to_do(tmp_path):
    book = make_book(tmp_path, "late", licence="Attribution-NonCommercial-ShareAlike 4.0 International")
    with pytest.raises(ValueError, match=r"late: its LICENSE begins “Attribution-NonCommercial.*earlier commit"):
        list(books.candidates(book))
