"""Cards and handouts: what is on the paper, read back from it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Giveback
from giveback.cli.cards import usual_paper
from giveback.dates import Now
from giveback.errors import UsageError
from giveback.printing import typesetting
from giveback.printing.cards import Card, card_data, card_pages
from giveback.printing.handouts import Handout, handout_data, handout_text
from giveback.printing.making import make
from giveback.printing.pieces import Clipping, said, shortened, shown_url, versions
from giveback.printing.sheets import FOLDS, PAPERS, sheet
from giveback.printing.typesetting import UnfitError, pdf, unwritable

LINK = "https://example.com/news/2026/trout-return?edition=4&page=2"
TROUT = Clipping("Trout return to the headwaters", "River Weekly", "12 November 2026 · Jane Writer",
                 "Fish counts have doubled. Anglers are pleased, and so are the herons.", LINK)  # fmt: skip
ANA = Card(sheet("a4", "half"), "For Ana", "about fly fishing", TROUT, ("Dear Ana,", "this is for you.", "Sam"),
           ("Ana Ruiz", "12 Elm St", "Houston, TX 77002"), ("Sam Rivers",), "Sam Rivers")  # fmt: skip


def poppler(program: str) -> str:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return program


def text_of(content: bytes, *options: str) -> str:
    done = subprocess.run([poppler("pdftotext"), *options, "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode().replace("\u200b", "")


@pytest.mark.parametrize("fold", FOLDS)
def test_a_card_holds_everything_and_its_code_leads_to_the_article(fold: str, now: Now, tmp_path: Path) -> None:
    content = pdf("card", card_data(ANA._replace(sheet=sheet("letter", fold))), now)
    text = " ".join(text_of(content).split())
    for part in ("For Ana", "about fly fishing", TROUT.title, TROUT.source, TROUT.byline, "herons", "Houston, TX 77002",
                 "this is for you.", "Sam Rivers", "example.com/news/2026"):  # fmt: skip
        assert part in text, part
    assert content == pdf("card", card_data(ANA._replace(sheet=sheet("letter", fold))), now), "the same bytes again"
    (tmp_path / "card.pdf").write_bytes(content)
    page = "2" if fold == "half" else "1"
    picture = [poppler("pdftoppm"), "-r", "120", "-png", "-f", page, "-l", page, "card.pdf", "card"]
    subprocess.run(picture, check=True, cwd=tmp_path)
    scan = [poppler("zbarimg"), "-q", "--raw", str(next(tmp_path.glob("*.png")))]
    assert subprocess.run(scan, capture_output=True, check=True, text=True).stdout.strip() == LINK


def test_the_pages_have_the_size_of_the_paper(now: Now, tmp_path: Path) -> None:
    (tmp_path / "card.pdf").write_bytes(pdf("card", card_data(ANA), now))
    said_of_it = subprocess.run([poppler("pdfinfo"), "card.pdf"], capture_output=True, check=True, cwd=tmp_path).stdout
    assert b"Pages:           2" in said_of_it
    assert b"841.89 x 595.276 pts (A4)" in said_of_it


@pytest.mark.parametrize("name", ["Zażółć Gęśląjaźń", "Παναγιώτης Παπαδόπουλος", "Олена Шевченко"])
def test_names_of_many_scripts_are_written_without_other_fonts(name: str, now: Now) -> None:
    data = card_data(ANA._replace(cover=f"For {name}", address=(name,)))
    assert unwritable(data) == ""
    assert " ".join(text_of(pdf("card", data, now)).split()).count(name) == 2


def test_a_script_without_a_font_is_told(now: Now, tmp_path: Path) -> None:
    data = card_data(ANA._replace(cover="For \U000100a8"))  # Linear B, which next to nobody has
    made = make("card", data, str(tmp_path / "card.pdf"), now, {})
    missing = unwritable(data)
    assert (f"no font on this computer has {missing}" in "".join(made.remarks)) == bool(missing)
    assert unwritable({"letters": "\ue123 a"}) == "", "letters of nobody are not asked for"


def test_long_things_are_set_smaller_or_cut_and_what_cannot_be_is_named(now: Now) -> None:
    long = TROUT._replace(title="A very long title about rivers and everything in them " * 8,
                          summary="Water flows. " * 400, url="https://example.com/" + "path/" * 200)  # fmt: skip
    text = " ".join(
        text_of(pdf("card", card_data(ANA._replace(clipping=long, sheet=sheet("a4", "quarter"))), now)).split()
    )
    assert text.count("A very long title") == 8
    assert "Water flows." in text
    with pytest.raises(UnfitError, match="the note does not fit"):
        pdf("card", card_data(ANA._replace(note=("word " * 3_000,))), now)
    with pytest.raises(UnfitError, match="the address does not fit"):
        pdf("card", card_data(ANA._replace(address=("line",) * 60)), now)


def test_nothing_in_the_data_is_read_as_markup(now: Now) -> None:
    hostile = '*b* #panic("x") <script>alert(1)</script> {{ 1 + 1 }} $x$ \\'
    card = ANA._replace(cover=hostile, clipping=Clipping(hostile, hostile, hostile, hostile, "javascript:alert(1)"))
    text = " ".join(text_of(pdf("card", card_data(card), now)).split())
    assert '#panic("x") <script>' in text
    from giveback.printing.pages import html

    page = html("card", card_data(card), **card_pages(card))
    assert "<script" not in page
    assert "javascript:" not in page
    assert "{{ 1 + 1 }}" in page


def test_without_typst_the_card_is_a_page(now: Now, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "available", lambda: False)
    made = make("card", card_data(ANA), str(tmp_path / "card.pdf"), now, card_pages(ANA))
    assert made.path.endswith("card.html")
    assert "giveback[print]" in made.remarks[0]
    page = Path(made.path).read_text("utf-8")
    assert "default-src 'none'" in page
    for part in ("For Ana", TROUT.title, "Houston, TX 77002", "<svg", "this is for you."):
        assert part in page
    with pytest.raises(UsageError, match="not installed"):
        pdf("card", card_data(ANA), now)
    with pytest.raises(UsageError, match="says not what"):
        make("card", card_data(ANA), str(tmp_path / "card.docx"), now, {})


def test_a_handout_shows_as_many_paragraphs_as_fit(now: Now) -> None:
    many = tuple(f"Paragraph {number}. " + "Rivers run to the sea and come back as rain. " * 9 for number in range(12))
    handout = Handout("a4", TROUT._replace(passages=many), "For Ana, from Sam", "25 November 2026", "Sam")
    text = text_of(pdf("handout", handout_data(handout), now))
    assert "Paragraph 0." in text
    assert "Paragraph 11." not in text
    assert "\f" not in text.rstrip("\f"), "it is one page"
    assert LINK in handout_text(handout)


def test_panels_of_a_fold_cover_the_sheet_once() -> None:
    for paper in PAPERS:
        for fold in FOLDS:
            card = sheet(paper, fold)
            width, height = card.panel_size
            places = {(panel.page, panel.column, panel.row) for panel in card.panels.values()}
            assert len(places) == len(card.panels) == 4
            assert width * height * 4 == pytest.approx(card.width * card.height * (2 if fold == "half" else 1))
    with pytest.raises(UsageError, match="no paper"):
        sheet("a5", "half")
    with pytest.raises(UsageError, match="no way to fold"):
        sheet("a4", "thrice")


@given(st.text(max_size=2_000), st.integers(10, 1_000))
def test_a_shortened_text_is_a_beginning_of_it(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert len(short) <= limit
    assert text.startswith(short.removesuffix("…"))
    assert versions(text)[-1] == ""


def test_directions_addresses_and_papers() -> None:
    assert said("123 محمد").rtl
    assert not said("Ana محمد").rtl
    assert shown_url("https://www.example.com/").replace("\u200b", "") == "example.com"
    assert usual_paper({"LANG": "en_US.UTF-8"}) == usual_paper({"LC_ALL": "es_MX"}) == "letter"
    assert usual_paper({"LANG": "pl_PL.UTF-8"}) == usual_paper({}) == "a4"


def saved(home: Giveback, address: str = LINK) -> None:
    page = home.home / "trout.html"
    text = "".join(
        f"<p>Paragraph {each}: trout and fly fishing in cold rivers, all year round.</p>" for each in range(5)
    )
    page.write_text(f"<html><head><title>Trout are back</title></head><body><article>{text}</article></body></html>")
    home.run_here("save", str(page), *(("--url", address) if address else ()))
    home.run_here("add-contact", "Ana Ruiz", "--interest", "fly fishing")
    home.run_here("config", "set", "me.name", "Sam Rivers")


def test_a_card_is_given_and_logged(giveback: Giveback) -> None:
    saved(giveback)
    path = giveback.home / "card.pdf"
    done = giveback.run_here("give", "ana", "id:1", "--via", "letter", "-o", str(path))
    assert done.code == 0, done
    assert f"by letter · card {path}" in done.err
    text = " ".join(text_of(path.read_bytes()).split())
    assert "For Ana" in text
    assert "Trout are back" in text
    assert "Sam Rivers" in text
    assert "Trout are back" in giveback.run_here("history", "ana").out
    refused = giveback.run_here("give", "ana", "id:1", "--again", "--via", "email", "-o", str(path))
    assert refused.code == 2
    assert "--via letter" in refused.err


def test_a_card_without_a_log_and_a_handout(giveback: Giveback) -> None:
    saved(giveback, address="")
    giveback.run_here("edit", "ana", "--address", "; ".join(f"line {number}" for number in range(40)))
    done = giveback.run_here(
        "card", "ana", "id:1", "-o", str(giveback.home / "c.pdf"), "--fold", "quarter", "--handwritten"
    )
    assert done.code == 0, done
    assert "the address of Ana Ruiz does not fit" in done.err
    assert "Dear" not in text_of((giveback.home / "c.pdf").read_bytes())
    done = giveback.run_here("card", "ana", "id:1", "-o", str(giveback.home / "h.txt"), "--handout")
    assert done.code == 0, done
    text = (giveback.home / "h.txt").read_text("utf-8")
    assert "Paragraph 4" in text
    assert "For Ana, from Sam Rivers" in text
    assert "Trout are back" not in giveback.run_here("history", "ana").out
    assert giveback.run_here("card", "ana", "id:1", "-o", "/nowhere/c.html").code == 5
    assert giveback.run_here("card", "ana", "id:1", "--dry-run").out.startswith("dry run: card for Ana Ruiz")


def test_research_and_what_is_home_made_are_printed_with_what_there_is_to_say(giveback: Giveback) -> None:
    giveback.run_here("add-contact", "Ana Ruiz", "--interest", "salary data")
    said = "Median pay for engineers: 142,000\nin Houston, in May 2025."
    giveback.run_here("research", "add", said, "--company", "Shell", "--source", "https://www.bls.gov/oes")
    giveback.run_here("assets", "add", "Cookies", "--kind", "home-made", "--text", "flour, butter")
    giveback.run_here("assets", "add", "A word with Bo", "--kind", "connection", "--text", "he owes me one")
    path = giveback.home / "out.txt"
    printed = {}
    for what in ("Median pay", "Cookies", "A word with Bo"):
        assert giveback.run_here("give", "ana", what, "--via", "in-person", "--anyway", "-o", str(path)).code == 0
        printed[what] = path.read_text("utf-8")
    assert "Median pay for engineers\nbls.gov · as of " in printed["Median pay"], "the source and the day"
    assert "\n\n142,000\n\nin Houston, in May 2025.\n\nhttps://www.bls.gov/oes" in printed["Median pay"]
    assert "Cookies\nhome-made\n\nflour, butter\n" in printed["Cookies"]
    assert "owes" not in printed["A word with Bo"], "remarks of one's own are not for others"
