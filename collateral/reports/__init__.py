"""What the library did for sales: one module for each report, from the daily sums.

Every report is asked by a period, a team, a product, a stage and a region, for what its reader may
see; every number opens what it is made of. Tables go out as CSV, workbooks and mail.
"""
