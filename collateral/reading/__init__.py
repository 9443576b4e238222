"""From a file on disk to what it says and shows.

`sniff.identify` says what a file is, by its content; `door.read` opens it in a confined child
process and hands back its text page by page, its previews, its language, what is worth a warning
(a password, macros, speaker notes) and the features that lineage compares. Each of these steps
succeeds or fails alone, with a sentence a person can act on. Nothing here knows the database, and
no parser of a foreign file ever runs in the process that called.
"""
