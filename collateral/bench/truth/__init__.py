"""Adaptations whose truth is known, made from real and made decks with a seed.

`bases` gives the decks, `slides` moves slides about, `edits` are what reps do to them,
`kinds` the mixtures that are measured, `printing` makes a PDF of a deck.
"""
