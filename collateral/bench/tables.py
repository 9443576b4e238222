"""Figures of a measurement as text."""

from __future__ import annotations

from typing import Any


def search_table(result: dict[str, Any]) -> str:
    cpu = result["cpu_ms_a_page"]
    return "\n".join(
        (
            figures(result),
            f"search page / bare engine: {result['ratio_to_bare_engine']:.2f}; "
            f"page {result['page_bytes'] / 1000:.0f} kB, {cpu['first']} ms of processor, "
            f"{cpu['again']} ms when repeated; "
            f"{result['searches_a_second']} searches a second with several readers; "
            f"one changed asset indexed in {result['update_ms']:.0f} ms",
        )
    )


def figures(result: dict[str, Any]) -> str:
    lines = [
        f"{result['assets']} assets"
        + "".join(
            f", {name.replace('_', ' ')} {result[name]}"
            for name in ("built_seconds", "indexed_seconds", "index_megabytes")
            if name in result
        ),
        f"{'milliseconds':<46}{'median':>9}{'p95':>9}{'worst':>9}{'n':>6}",
    ]
    for figure in result["figures"]:
        lines.append(
            f"{figure['name']:<46}{figure['median']:>9.1f}{figure['p95']:>9.1f}"
            f"{figure['worst']:>9.1f}{figure['count']:>6}"
        )
    return "\n".join(lines)


def wicked_table(result: dict[str, Any]) -> str:
    from collateral.bench import wicked

    return f"{figures(result)}\n{wicked.table(result)}"


def times_the_floor(result: dict[str, Any]) -> str:
    """The figures in lines, each with how many times the barest route it takes."""
    floor = result["floor"]
    lines = [
        f"{result['assets']} assets; {floor['name']} {floor['median']:.1f} ms",
        f"{'milliseconds':<34}{'median':>9}{'p95':>9}{'times':>8}{'processor':>11}"
        f"{'bytes':>10}{'gzip':>9}",
    ]
    lines += [
        f"{each['name']:<34}{each['median']:>9.1f}{each['p95']:>9.1f}"
        f"{each['median'] / floor['median']:>8.1f}{each['processor']:>11.1f}"
        f"{each['bytes']:>10}{each['packed']:>9}"
        for each in result["figures"]
    ]
    return "\n".join(lines)
