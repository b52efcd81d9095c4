"""The library of a programme: guides, links and files, with versions and languages."""
