"""The matching service as a process of its own."""

from mentoring_common.main import main
from mentoring_matching.app import create_app

main("matching", create_app)
