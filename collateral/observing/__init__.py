"""What an operator sees of a running library: metrics for Prometheus, and statements that are slow.

Closed unless METRICS_TOKEN or METRICS_FROM opens it: then what happens is counted by every
process of this home in files of its own (`slots`), and `/metrics` and `collateral metrics` tell
the sum of them, with what the rows say at that moment (`gauges`). Features say what happened in
words of the domain (`events`) and know nothing of Prometheus.
"""
