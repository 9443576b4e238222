"""People and what they may do.

Sign-in and its throttling, roles and teams, the one permission table, tokens for
the API, and the audit trail. Everything else takes the acting `Person` as an
argument from here.
"""
