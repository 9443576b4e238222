"""Sharing: tracked links for buyers, the viewer that they open, their visits, and packs.

A link is for a recipient and, where there is one, a deal. Whoever opens it gets in by the
link itself and by what its maker asked for besides (a passcode, an address that is proved by
a code); nothing else. What it shows is found anew for every byte: what the maker may see
now, as it is now. A visit is counted only when the opened page itself says that somebody
reads it.
"""
