"""Who meets whom: pools, policies, runs, offers, confirmation, rematching.

Products of matrices are made by one thread: numpy reads how many when it is first imported, so it is said before
anything else is. The scores are looked at in tiles of 1 MB, and threads that share so small a product mostly wait for
each other, spinning: on two busy cores that took six times the CPU seconds of one thread.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
