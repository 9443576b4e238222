"""Files and deals that the journeys bring along."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

RARE = "zwitterbeam"


def make_deck(path: Path, title: str, *, rare_on: int | None = None, slides: int = 9) -> Path:
    """A deck of slides with notes; the word RARE stands on one of them alone."""
    from pptx import Presentation

    deck = Presentation()
    for number in range(1, slides + 1):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title if number == 1 else f"{title}, part {number}"
        text = f"Point {number} of what a stop costs a filling line"
        if number == rare_on:
            text += f" and how a {RARE} sensor hears it"
        slide.placeholders[1].text = text
        slide.notes_slide.notes_text_frame.text = f"Say slowly: {title}"
    deck.save(str(path))
    return path


def make_pdf(path: Path, title: str) -> Path:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=20)
    pdf.multi_cell(0, 10, f"{title}\nA page on what changed in the plant.")
    pdf.output(str(path))
    return path


def make_image(path: Path, shade: int) -> Path:
    from PIL import Image

    Image.new("RGB", (640, 360), (shade, 90, 120)).save(path)
    return path


def make_deals(path: Path, owner: str, *, call: datetime | None = None) -> Path:
    """A CSV of deals as a Salesforce report exports them; in the first there is a call then."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    rows = [
        ("0061", "Downtime pilot", "Brauwerk Lindau", "Evaluation", "480000", "Food and drink"),
        ("0062", "Rolling mill 4", "Vantor Steel", "Proposal", "1150000", "Metals"),
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(
            ["Opportunity ID", "Opportunity Name", "Account Name", "Stage", "Amount",
             "Amount Currency", "Close Date", "Created Date", "Owner Email",
             *(["Next Activity Date", "Industry"] if call else [])]
        )  # fmt: skip
        for number, name, account, stage, amount, industry in rows:
            when = f"{call:%Y-%m-%dT%H:%MZ}" if call and number == "0061" else ""
            out.writerow(
                [number, name, account, stage, amount, "EUR",
                 f"{tomorrow:%Y-%m-%d}", "2026-01-15", owner, *([when, industry] if call else [])]
            )  # fmt: skip
    return path
