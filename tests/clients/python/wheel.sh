#!/bin/sh
# The Python client of the REST API as a wheel: wheel.sh UV FOLDER [DOCUMENT]. It is made of the document of the whole API, nothing
# left out, and stands in FOLDER/dist. The generator has an environment of its own: it needs an older typer than ours.
set -eu
here=$(cd "$(dirname "$0")" && pwd) uv=$1 folder=$2
mkdir -p "$folder"
document=${3:-$folder/openapi.json}
[ $# -gt 2 ] || "$(dirname "$uv")/python" -c 'import json; from mentoring_gateway.app import document; print(json.dumps(document()))' > "$document"
[ -x "$folder/venv/bin/openapi-python-client" ] || {
  "$uv" venv -q "$folder/venv"
  "$uv" pip install -q --python "$folder/venv/bin/python" --require-hashes -r "$here/requirements.lock"
}
PATH="$folder/venv/bin:$PATH" openapi-python-client generate --path "$document" --fail-on-warning --overwrite --meta uv \
  --output-path "$folder/source" --config "$here/config.yaml"
"$uv" build -q --wheel --out-dir "$folder/dist" "$folder/source"
