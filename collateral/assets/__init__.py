"""Assets, their versions and pages, and the words that describe them.

An asset carries the metadata; a version is one immutable file of it; a page is
one slide of a version. Everything that a person reads here goes through
`queries.visible`, which leaves out what she may not see.
"""
