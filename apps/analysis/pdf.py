"""Exports as PDF, on A4, with fonts embedded that know most of the world's alphabets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unicodedata import bidirectional, category

from django.utils import timezone
from fpdf import FPDF
from pymupdf_fonts import myfont

from apps.analysis.history import TITLES
from apps.measures.instruments import INSTRUMENTS
from smartsteps.lib.errors import invalid

FONT = "FiraGO"
FACES = {"": "figo", "B": "figbo", "I": "figit"}
INK, SOFT, RULE = (23, 39, 43), (77, 95, 100), (211, 219, 218)
SPEAKERS = {"client": "Client", "persona": "Persona", "facilitator": "Facilitator"}
MISSING = "[?]"
WHO_AND_A_LINE = 10  # mm, so that nobody's name stands alone at the foot of a page
MOST_CHARS = 500_000  # some ten seconds of setting
Data = dict[str, Any]


class Page(FPDF):
    """A4 with a footer that says what this is and which page."""

    def __init__(self, title: str, footer: str) -> None:
        super().__init__(format="A4")
        self.footer_text = footer
        self.has_gaps = False
        self.set_title(title)
        self.set_lang("en")
        self.set_margins(20, 18)
        self.set_auto_page_break(True, margin=20)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, "", 8)
        self.set_text_color(*SOFT)
        self.cell(0, 5, self.footer_text, align="L")
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def heading(self, text: str, size: int = 13) -> None:
        self.ln(3)
        self.set_font(FONT, "B", size)
        self.set_text_color(*INK)
        shown = self.settable(text)
        self.multi_cell(0, size * 0.5, shown, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def soft(self, text: str) -> None:
        self._text(text, "", 9, SOFT)

    def prose(self, text: str) -> None:
        self._text(text, "", 10.5, INK)
        self.ln(1)

    def item(self, text: str) -> None:
        self._text(f"•  {text}", "", 10.5, INK)

    def said(self, who: str, when: str, text: str) -> None:
        self.ln(1.5)
        if self.will_page_break(WHO_AND_A_LINE):
            self.add_page()
        self._text(f"{who}, {when}", "B", 9, SOFT)
        self._text(text, "", 10.5, INK)

    def rows(self, rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
        """The first row is the head."""
        self.set_font(FONT, "", 9.5)
        self.set_text_color(*INK)
        self.set_draw_color(*RULE)
        with self.table(
            col_widths=widths, borders_layout="HORIZONTAL_LINES", line_height=6, text_align="LEFT"
        ) as table:
            for row in rows:
                table.row(row)

    def _text(self, text: str, style: str, size: float, colour: tuple[int, int, int]) -> None:
        self.set_font(FONT, style, size)
        self.set_text_color(*colour)
        shown = self.settable(text)
        self.multi_cell(0, size * 0.5, shown, align="L", new_x="LMARGIN", new_y="NEXT")

    def settable(self, text: str) -> str:
        """What the font can't show is marked, so that nothing goes missing unseen."""
        known: Any = getattr(self.current_font, "cmap", {})
        self.set_text_shaping(any(map(_needs_shaping, text)))  # ten times slower, so only then
        shown = "".join(c if ord(c) in known or c.isspace() else MISSING for c in text)
        self.has_gaps |= shown != text and MISSING in shown
        return shown


@cache
def _needs_shaping(letter: str) -> bool:
    """Letters written from right to left or joined to their neighbours, and marks on others."""
    return bidirectional(letter) in ("R", "AL") or category(letter) in ("Mn", "Mc")


def transcript(data: Data) -> bytes:
    """Raises DomainError 422 for a talk too long to be set while somebody waits."""
    session = data["session"]
    if sum(len(each["content"]) for each in data["messages"]) > MOST_CHARS:
        raise invalid("format", "This talk is too long for a PDF; take the JSON")
    title = f"Session with {session['persona']}"
    with _paper(title, _footer(data)) as page:
        page.heading(data["client"]["name"], 18)
        page.soft(f"{title}, {_when(session['started_at'] or session['scheduled_at'])}")
        page.soft(f"Status: {session['status']}. Session {session['session_id']}")
        _listed(page, "Goals", session["goals"])
        if data["analysis"]:
            _summary(page, data["analysis"])
        _talk(page, data["messages"])
        _notes(page, data["facilitator_notes"])
        return _put_out(page)


def report(data: Data) -> bytes:
    period = data["report_period"]
    with _paper("Progress report", _footer(data)) as page:
        page.heading(data["client"]["name"], 18)
        page.soft(f"Progress report, {period['start']} to {period['end']}")
        page.heading("Course")
        page.prose(data["progress_summary"])
        _numbers(page, data)
        _listed(page, "What repeats", [_sure(each) for each in data["patterns"]])
        _listed(page, "What to look at next", data["recommendations"])
        _questionnaires(page, data["measures"])
        page.heading("Session by session")
        for each in data["sessions"]:
            page.said(_when(each["started_at"]), _scores(each["metrics"]), each["summary"])
        return _put_out(page)


def _put_out(page: Page) -> bytes:
    if page.has_gaps:
        page.ln(3)
        page.soft(
            f"{MISSING}: a letter that this file's font does not have; the JSON export has it."
        )
    return bytes(page.output())


@contextmanager
def _paper(title: str, footer: str) -> Iterator[Page]:
    """The fonts come as bytes and are read from files, until the page is put out."""
    with TemporaryDirectory(prefix="smartsteps-fonts-") as folder:
        page = Page(title, footer)
        for style, name in FACES.items():
            path = Path(folder) / f"{name}.ttf"
            path.write_bytes(myfont(name))
            page.add_font(FONT, style, path)
        page.add_page()
        yield page


def _footer(data: Data) -> str:
    return f"Confidential. Exported {_when(data['exported_at'])} UTC by {data['exported_by']}"


def _summary(page: Page, analysis: Data) -> None:
    page.heading("Summary")
    page.prose(analysis["summary"])
    page.soft(f"By {analysis['model']}, version {analysis['version']}")
    _listed(page, "Key points", analysis["key_points"])
    _listed(page, "What to look at next", analysis["recommended_focus_areas"])


def _talk(page: Page, messages: list[Data]) -> None:
    page.heading("Transcript")
    if not messages:
        page.soft("Nothing was said.")
    for each in messages:
        who = SPEAKERS[each["sender_type"]]
        page.said(who, _when(each["timestamp"]), each["content"])


def _notes(page: Page, notes: list[Data]) -> None:
    if notes:
        page.heading("Notes of the care team")
    for note in notes:
        page.said(note["author"], _when(note["timestamp"]), note["content"])


def _numbers(page: Page, data: Data) -> None:
    """The same table that the admin's charts draw."""
    rows: list[tuple[str, ...]] = [("Measure", "First", "Last", "Trend", "n")]
    for name, metric in data["metrics"].items():
        title = INSTRUMENTS[name].name if name in INSTRUMENTS else TITLES[name]
        values = (metric["start_value"], metric["current_value"])
        first, last = ("–" if value is None else str(value) for value in values)
        count = str(data["evidence"]["metrics"][name]["n"])
        rows.append((title, first, last, metric["trend"], count))
    page.rows(rows, (70, 20, 20, 40, 15))


def _questionnaires(page: Page, measures: list[Data]) -> None:
    if not measures:
        return
    page.heading("Questionnaires")
    rows: list[tuple[str, ...]] = [("Day", "Questionnaire", "Total", "Band", "Source")]
    for each in measures:
        form = INSTRUMENTS[each["instrument"]]
        total = "incomplete" if each["total"] is None else f"{each['total']} of {form.highest}"
        rows.append(
            (_when(each["taken_at"])[:11], form.name, total, each["band"] or "–", each["source"])
        )
    page.rows(rows, (30, 40, 30, 40, 25))


def _listed(page: Page, title: str, items: list[str]) -> None:
    if items:
        page.heading(title, 11)
    for item in items:
        page.item(item)


def _sure(pattern: Data) -> str:
    return f"{pattern['description']} (confidence {pattern['confidence']})"


def _scores(metrics: Data) -> str:
    told = [f"{TITLES[name]} {value}" for name, value in metrics.items() if value is not None]
    return "; ".join(told) or "no scores"


def _when(text: str | None) -> str:
    if text is None:
        return "–"
    moment = timezone.localtime(datetime.fromisoformat(text))
    return f"{moment:%d %b %Y, %H:%M}"
