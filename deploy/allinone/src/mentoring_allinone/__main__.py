"""`python -m mentoring_allinone` is the `mentoring` command."""

from mentoring_allinone.entry import main

main()
