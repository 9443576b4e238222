"""Usage: what people did with assets, and the numbers that follow from it.

Every view, download, share and opening is an event, appended and never changed but for
being left out; a use says that an asset was used in a deal. The rules that make numbers
of events are pure (`rules`), the sums by day are kept as events arrive (`counting`) and
can be rebuilt to the same numbers (`recounting`). docs/decisions/0020-counting.md tells
why they are as they are.
"""
