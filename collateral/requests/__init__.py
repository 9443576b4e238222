"""Requests: material that sales needs and marketing has not made.

Everybody sees every request and may wait for it, so that one gap is asked for once. Marketing
takes it on, with a maker and a day; in the end it leads to the asset that answers it, or says
why there will be none. Which deal waits is told only to those who may see that deal.
"""
