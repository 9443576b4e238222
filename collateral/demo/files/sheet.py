"""Calculators as workbooks: fields to fill in, formulas with their values, a chart.

A cell that begins with ``?`` is a field to fill in; ``=B4*B5 := €1,200`` is a formula with the
value that it has for the fields as they stand; €, £ and % say how a number is shown.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from collateral.demo.content_format import Block, number
from collateral.demo.files.themes import THEMES, Theme
from collateral.demo.files.zipped import steady


def make_sheet(title: str, author: str, theme_key: str, blocks: list[Block]) -> bytes:
    """The workbook as the bytes of an .xlsx; the same arguments give the same bytes."""
    import xlsxwriter

    theme = THEMES[theme_key]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    # The library writes local time and takes no zone.
    created = datetime(2025, 1, 1, 9)  # noqa: DTZ001
    book.set_properties({"title": title, "author": author, "created": created})
    sheet: Any = None
    for block in blocks:
        if block.kind == "sheet":
            sheet = book.add_worksheet(block.option("name"))
            _fill(book, sheet, theme, block)
        elif block.kind == "chart":
            _chart(book, sheet, theme, block)
    book.close()
    return steady(out.getvalue())


def _fill(book: Any, sheet: Any, theme: Theme, block: Block) -> None:
    base = {
        "font_name": theme.body,
        "font_size": 11,
        "font_color": f"#{theme.ink}",
        "valign": "vcenter",
    }
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, float(block.option("first", "46")))
    sheet.set_column(1, 1, float(block.option("second", "15")))
    sheet.set_column(2, 6, 15)
    sheet.set_row(0, 34)
    heading = {**base, "font_size": 20, "bold": True, "font_name": theme.heading}
    sheet.write(0, 0, block.title, book.add_format(heading))
    sheet.write(1, 0, block.subtitle, book.add_format({**base, "font_color": f"#{theme.soft}"}))
    line = 3
    for row in block.rows:
        head = row[0].startswith("*")
        total = row[0].startswith("+")
        for place, cell in enumerate(row):
            look = dict(base)
            if head:
                look |= {"bold": True, "font_color": "#FFFFFF", "bg_color": f"#{theme.dark}"}
            elif total:
                look |= {"bold": True, "bg_color": f"#{theme.tint}", "top": 1}
            elif place:
                look |= {"bottom": 4, "bottom_color": f"#{theme.line}"}
            _cell(book, sheet, line, place, cell.lstrip("*+ ") if place == 0 else cell, look, theme)
        sheet.set_row(line, 21)
        line += 1
    note = book.add_format({**base, "text_wrap": True, "font_color": f"#{theme.soft}"})
    for paragraph in block.paragraphs:
        sheet.merge_range(line + 1, 0, line + 1, 4, paragraph, note)
        sheet.set_row(line + 1, 34)
        line += 2


def _cell(
    book: Any, sheet: Any, line: int, place: int, cell: str, look: dict[str, Any], theme: Theme
) -> None:
    if cell.startswith("?"):
        look |= {"bg_color": f"#{theme.tint}", "border": 1, "border_color": f"#{theme.accent}"}
        cell = cell[1:].strip()
    formula, _, shown = cell.partition(" := ")
    value = shown if formula.startswith("=") else cell
    digits = any(letter.isdigit() for letter in value)
    if place == 0 or not digits or any(letter.isalpha() for letter in value):
        sheet.write_string(line, place, cell, book.add_format(look))
        return
    amount = number(value)
    decimals = ".0" if "." in value and "%" not in value else ""
    form = f"#,##0{decimals}"
    if "%" in value:
        amount, form = amount / 100, "0 %"
    for sign in "€£":
        if sign in value:
            form = f'"{sign}"{form}'
    look["num_format"] = form
    if formula.startswith("="):
        sheet.write_formula(line, place, formula, book.add_format(look), amount)
    else:
        sheet.write_number(line, place, amount, book.add_format(look))


def _chart(book: Any, sheet: Any, theme: Theme, block: Block) -> None:
    name = sheet.get_name()
    first, last = block.option("rows").split("-")
    chart = book.add_chart({"type": block.option("type", "column")})
    chart.add_series(
        {
            "name": block.title,
            "categories": f"='{name}'!$A${first}:$A${last}",
            "values": f"='{name}'!${block.option('column', 'B')}${first}:"
            f"${block.option('column', 'B')}${last}",
            "fill": {"color": f"#{theme.second}"},
            "gap": 60,
        }
    )
    chart.set_title({"name": block.title, "name_font": {"size": 12, "color": f"#{theme.ink}"}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": f"#{theme.line}"}}})
    chart.set_size({"width": 520, "height": 300})
    sheet.insert_chart(block.option("at"), chart)
