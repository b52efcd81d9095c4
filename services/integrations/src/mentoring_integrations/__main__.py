"""The integrations service as a process of its own."""

from mentoring_common.main import main
from mentoring_integrations.app import create_app

main("integrations", create_app)
