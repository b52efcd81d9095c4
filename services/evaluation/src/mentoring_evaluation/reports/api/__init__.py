"""The routes of reports: for who holds a role, and for whoever has the link of a public one."""
