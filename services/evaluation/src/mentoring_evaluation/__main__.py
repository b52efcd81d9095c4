"""The evaluation service as a process of its own."""

from mentoring_common.main import main
from mentoring_evaluation.app import create_app

main("evaluation", create_app)
