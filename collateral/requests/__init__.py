"""Requests: material that sales needs and marketing has not made; and feedback on what it made.

Everybody sees every request and may wait for it, so that one gap is asked for once. Marketing
takes it on, with a maker and a day; in the end it leads to the asset that answers it, or says
why there will be none. Which deal waits is told only to those who may see that deal.

Whoever sees an asset may rate it and flag what is wrong with it. Ratings are opinion: they are
shown, and are no part of evidence, docket or ranking. A flag waits until somebody resolved it.
"""
