"""SCIM 2.0 (RFC 7643, 7644): identity providers keep an employer's people by the commands that HR systems use."""
