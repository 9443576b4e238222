"""What was asked for at Kelvane: most of it what people looked for and did not find."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """A request. `days` ago it was asked; what was made of it is an asset of the sample, and
    `due` counts days from now, below zero where it is overdue. `done`: how many of its steps are,
    where it is taken on."""

    title: str
    detail: str
    query: str
    by: str
    days: int
    waiting: tuple[str, ...] = ()
    product: str = ""
    maker: str = ""
    due: int | None = None
    done: int = 0
    asset: str = ""
    reason: str = ""


WANTED = (
    # Nobody has taken these on.
    Wanted(
        "A NIS2 statement that we can hand to IT",
        "Every plant with more than fifty people asks since spring. Two pages: what the gateway "
        "does on their network, what we report within 24 hours, and who signs it. Today I send "
        "the security briefing and answer the rest by mail.",
        "nis2 statement",
        "maja.brandt",
        12,
        ("jonas.weber", "hannah.keller", "selin.aydin", "bram.de.vries"),
    ),
    Wanted(
        "Carbon footprint of the gateway and the sensors",
        "Purchasing in the Nordics wants a figure for each box and where it comes from. An "
        "estimate with its method would do.",
        "carbon footprint",
        "ingrid.haugen",
        21,
        ("erik.sandstrom", "tove.berg", "aino.virtanen"),
    ),
    Wanted(
        "Predict on one page, in Dutch",
        "As the German and the Swedish one. Shift leads in Flanders do not read the English.",
        "dutch one-pager",
        "bram.de.vries",
        33,
        product="Predict",
    ),
    Wanted(
        "What the AI Act means for Predict",
        "One paragraph for the tender and one page for their lawyer: is it high-risk, and why not?",
        "ai act",
        "selin.aydin",
        5,
        ("lukas.steiner", "maja.brandt"),
        product="Predict",
    ),
    Wanted(
        "Data processing agreement to sign before a pilot",
        "Their works council wants it before the first sensor goes on.",
        "gdpr agreement",
        "grace.adeyemi",
        2,
    ),
    # Taken on.
    Wanted(
        "A slide with the CO2 saved for each tonne",
        "They report it anyway. Hours of standstill into energy into CO2, with the sum on the "
        "slide, so that they can put their own tonnes in.",
        "co2 per tonne",
        "tove.berg",
        49,
        ("maja.brandt", "erik.sandstrom"),
        maker="ines.duarte",
        due=6,
        done=3,
    ),
    Wanted(
        "A case study from an injection moulding plant",
        "Three deals this quarter, and every one asks who else moulds. Change-over first, then "
        "scrap.",
        "injection moulding",
        "callum.fraser",
        64,
        ("priyanka.shah", "grace.adeyemi", "daniel.kerr"),
        product="Line",
        maker="ruben.castell",
        due=18,
        done=1,
    ),
    Wanted(
        "Predict für Batteriewerke",
        "Zwei Werke fragen nach Trockenräumen und Beschichtung. Ein Satz Folien reicht, ehrlich "
        "darüber, was wir noch nicht gehört haben.",
        "battery plant",
        "hannah.keller",
        80,
        ("jonas.weber",),
        product="Predict",
        maker="lena.vogel",
        due=-4,
        done=3,
    ),
    # Made.
    Wanted(
        "Something for plant managers whose people are called out at night",
        "They do not care for euros an hour. They care for who gets up.",
        "",
        "daniel.kerr",
        47,
        ("hannah.keller", "rhys.morgan"),
        product="Predict",
        maker="ines.duarte",
        asset="night-shift-briefing",
    ),
    Wanted(
        "Compressors in hydrogen plants: what can we hear?",
        "Two electrolyser makers asked at the fair. I had nothing and said so.",
        "electrolyser",
        "jonas.weber",
        76,
        ("mikkel.sorensen",),
        product="Predict",
        maker="pavel.novak",
        asset="hydrogen-compressors",
    ),
    Wanted(
        "A packaging reference from this side of the Channel",
        "Ardent is fine, but Norwich would listen to Norwich.",
        "",
        "priyanka.shah",
        219,
        ("callum.fraser",),
        product="Line",
        maker="ruben.castell",
        asset="quill-packaging",
    ),
    Wanted(
        "A recall drill that I can run in their meeting room",
        "With one of their own batches, in two hours, and a sheet for the result.",
        "recall drill",
        "aoife.brennan",
        241,
        ("maja.brandt", "grace.adeyemi"),
        product="Trace",
        maker="noor.haddad",
        asset="trace-recall-drill-workshop",
    ),
    # Declined.
    Wanted(
        "A reference from an offshore wind park",
        "A tender asks for one. Onshore would do.",
        "wind turbine",
        "mikkel.sorensen",
        101,
        reason="We have none, and Predict is not sold for turbines. Say so in the tender rather "
        "than stretch a pump case.",
    ),
    Wanted(
        "Kelvane in ten minutes, in Italian",
        "A group from Lyon has two plants near Turin.",
        "italian",
        "elise.garnier",
        138,
        reason="Nobody here sells in Italy or could check it. Send the English one; their board "
        "meets in English.",
    ),
    Wanted(
        "A short deck for semiconductor plants",
        "They asked twice.",
        "semiconductor",
        "rhys.morgan",
        166,
        ("daniel.kerr",),
        reason="Their pumps are under a maintenance contract that we cannot get into. Not a market "
        "for the next two years.",
    ),
)
