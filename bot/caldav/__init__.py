"""CalDAV: the meetings on a calendar server that the operator names (RFC 4791)."""
