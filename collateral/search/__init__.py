"""Finding assets: our own small query language, one index behind a seam, typeahead, the log.

A query is parsed (`language`), joined with synonyms, and answered by an engine
(`engines/protocol.py`) for what the person may see; the page that matched and its
words are cut from the database (`snippets`). The index is a copy: the rows say what
is behind, the worker is its only writer, and a lost one is made again.
"""
