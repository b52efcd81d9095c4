"""The applications service as a process of its own."""

from mentoring_applications.app import create_app
from mentoring_common.main import main

main("applications", create_app)
