"""What reps change: their own versions of an asset, and what became of each page.

Any file's pages are compared with every page in the library: which page of which
version each came from, and whether it is the same, edited or new. A rep submits an
adaptation, marketing reviews it page by page, and the heat map of an asset says which
pages sales keeps rewriting.
"""
