"""Local servers that speak the documented protocols of CRMs, as far as the connectors use them.

They are no mocks of our code: the real client libraries call them over a real socket.
"""
