"""Leavers: an employer says that somebody goes, and when. At the end of that day all that they do here ends.

Their roles end, what they applied for and is open is withdrawn, and nobody waits for their endorsement any more;
`PersonLeft` has matching take them out of pools and groups and end their matches, so that their partners go on with
somebody else. The person stays known: what they did goes on to count.
"""
