"""Deals: the opportunities of the CRM, their stages and outcomes, and how they come in.

A deal is known by its source and the id that it has there, so that the same file read
twice changes nothing. What a person may see of them is decided in `queries.visible`.
"""
