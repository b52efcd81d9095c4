"""The sessions service as a process of its own."""

from mentoring_common.main import main

main("sessions")
