"""Every table of the service, so that whoever reads `Base.metadata` has them all."""

from mentoring_integrations.changes import models as changes
from mentoring_integrations.imports import models as imports
from mentoring_integrations.notifications import models as notifications
from mentoring_integrations.programmes import models as programmes
from mentoring_integrations.tables import Base
from mentoring_integrations.webhooks import models as webhooks

__all__ = ["Base", "changes", "imports", "notifications", "programmes", "webhooks"]
