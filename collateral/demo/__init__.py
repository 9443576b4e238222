"""The sample library: Kelvane, a made-up company, with real files and a year of use.

Kelvane sells machine health to factories. Everything here follows from a seed and a moment
taken as now: the same two give the same files, byte for byte, and the same year. What is said
in the files stands in ``content/``, one text file an asset; ``files/`` makes decks, documents,
sheets and pictures of it; ``company`` knows the people and the vocabularies; ``year`` plays the
deals and the use that the reports are about.
"""
