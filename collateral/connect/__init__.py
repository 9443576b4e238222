"""Other systems that bring deals: signed messages from any CRM (Standard Webhooks).

What comes is read and kept by `deals.one_deal`, in the transaction that notes the message, so
that a message sent again changes nothing.
"""
