"""The sessions service as a process of its own."""

from mentoring_common.main import main
from mentoring_sessions.app import create_app

main("sessions", create_app)
