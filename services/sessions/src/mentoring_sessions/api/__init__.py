"""The REST API of the sessions service."""

from mentoring_sessions.api import activities, people, records, relationships

ROUTERS = [relationships.router, records.router, activities.router, people.router]
