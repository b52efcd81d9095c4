"""Products of matrices by one thread, read by numpy when it is first imported, so this comes before everything else.

The scores are looked at in tiles of 1 MB. Threads that share so small a product mostly wait for each other, spinning:
on two busy cores that took six times the CPU seconds of one thread.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
