"""A whole library in one tar, taken while it is in use, and put back elsewhere.

The tar holds, in this order: `about.json`; the database as it was at one moment;
`files/SHA256` for each file of the store, read after that moment, so that no row of the
database lacks its file; and last `manifest.txt`, a line `SHA256 SIZE NAME` for each of
them, so that a tar which was cut off is known as such. Neither the search index (made
anew from the database), nor queue, mails and SECRET_KEY are in it.

And its rows alone, moved from one kind of database into the other (`moving`).
"""
