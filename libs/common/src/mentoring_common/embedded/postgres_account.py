"""Under which account PostgreSQL runs: never root, which it refuses."""

import os
import pwd
from pathlib import Path

from mentoring_common.embedded.child_process import Account
from mentoring_common.embedded.errors import EmbeddedServerError


def server_account(cluster: Path) -> Account | None:
    """The account for the server of `cluster`; None where this process's own account will do.

    The owner of a cluster that is already there stays its owner.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        "PostgreSQL does not run as root and there is no account 'postgres' or 'nobody': add one."
    )
