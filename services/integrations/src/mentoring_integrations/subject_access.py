"""What this service holds of a person, table by table, for who asks for it."""

from typing import Final

from mentoring_common.subject_access import Held, router_for
from mentoring_integrations.models import Base

HELD: Final = (
    Held("recipients", ("id",)),
    Held("notifications"),
    Held("webhooks", ("contact_id",), without=frozenset({"secret", "previous_secret"})),
    Held("employees", ("id",)),
)
router = router_for("integrations", Base.metadata, HELD)
