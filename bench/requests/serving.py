"""A service, or the gateway, as the process that is measured: `python -m bench.requests.serving '{"name": …}'`."""

from __future__ import annotations

import importlib
import json
import socket
import sys
from pathlib import Path

import uvicorn
import uvloop

from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.observability import configure_logging
from mentoring_common.settings import Settings
from mentoring_common.testing.harness import ISSUER


def main() -> None:
    told = json.loads(sys.argv[1])
    configure_logging("INFO")  # one line a request, as in production
    settings = Settings(**told["settings"])
    service = importlib.import_module(f"mentoring_{told['name']}.app").create_app(settings)
    issuer = DevIssuer(ISSUER, "mentoring", Path(told["keys"]))

    async def keys() -> dict[str, object]:
        return issuer.jwks()

    verifier = service._verifier if told["name"] == "gateway" else service.app.state.verifier
    verifier._fetch = keys  # the issuer is no part of what is measured
    uvloop.run(_serve(service, told["fd"]))


async def _serve(service: object, fd: int) -> None:
    config = uvicorn.Config(
        service.asgi, interface="asgi3", log_config=None, lifespan="off", server_header=False, access_log=False
    )
    await service.start()
    await uvicorn.Server(config).serve(sockets=[socket.socket(fileno=fd)])
    await service.stop()


if __name__ == "__main__":
    main()
