"""The Helm chart, rendered by Helm with each option, is what Kubernetes takes and what the code needs."""

import hashlib
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import typer
import yaml
from kubernetes_validate import validate

from mentoring_allinone import generate
from mentoring_allinone.cli import app as cli
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common import yaml_text
from mentoring_common.main import COMMANDS
from mentoring_common.settings import MigrationSettings, Settings
from mentoring_gateway.settings import GatewaySettings

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "helm" / "mentoring"
HELM = shutil.which("helm") or shutil.which("helm", path=ROOT / "build" / "tools")
NEWEST = "1.37"  # of the versions whose schemas are at hand
OWN_KINDS = {"ExternalSecret", "PodMonitor"}  # of operators: Kubernetes has no schema of them
SERVED = [*WITH_DATABASE, "gateway"]
OPTIONS = {
    "defaults": [],
    "everything": ["-f", str(CHART / "ci" / "everything-values.yaml")],
    "no front": ["--set", "front.enabled=false"],
    "no network policies": ["--set", "networkPolicy.enabled=false"],
    "no migrations": ["--set", "migrations.enabled=false"],
    "external secrets": ["--set", "secrets.external.enabled=true,secrets.external.store.name=vault"],
    "ingress": ["--set", "ingress.enabled=true,ingress.host=mentoring.example.org"],
    "lag": ["--set", "services.matching.autoscaling.enabled=true,services.matching.autoscaling.lag=500"],
    "a tag": ["--set", "image.tag=1.2.3"],
    "backups": ["--set", "backup.enabled=true,backup.to={age1abc},backup.claim=backups"],
    "a pod monitor": ["--set", "metrics.podMonitor.enabled=true"],
}
pytestmark = pytest.mark.skipif(HELM is None, reason="Helm is not at hand: make helm")


def helm(*arguments):
    values = ["-f", str(CHART / "ci" / "minimal-values.yaml")]
    command = [HELM, "template", "live", str(CHART), *values, *arguments, "--kube-version", "1.33.0"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@cache
def rendered(*arguments):
    """The documents that Helm makes, of which nobody changes one."""
    told = helm(*arguments)
    assert told.returncode == 0, told.stderr
    return [document for document in yaml.safe_load_all(told.stdout) if document]


@pytest.fixture(scope="module", params=OPTIONS)
def documents(request):
    """What Helm makes of the chart with an option."""
    return rendered(*OPTIONS[request.param])


@pytest.fixture(scope="module")
def default():
    return rendered()


def of(documents, kind):
    return {document["metadata"]["name"]: document for document in documents if document["kind"] == kind}


def pods(documents):
    """The pods that a document makes, with its own labels."""
    for document in documents:
        if document["kind"] == "Pod":
            yield document["kind"], document["metadata"]["labels"], document["spec"]
        elif document["kind"] in ("Deployment", "Job", "CronJob"):
            spec = document["spec"]
            template = spec.get("jobTemplate", document)["spec"]["template"]
            yield document["kind"], template["metadata"]["labels"], template["spec"]


@cache
def taken(text, version):
    """Validate a document once, however many options leave it as it is."""
    validate(yaml_text.ours(text), version, strict=True)


def test_kubernetes_takes_it(documents):
    for document in documents:
        if document["kind"] not in OWN_KINDS:
            taken(yaml.safe_dump(document), NEWEST)
    names = [(document["kind"], document["metadata"]["name"]) for document in documents]
    assert len(names) == len(set(names)) > 20


def test_the_oldest_kubernetes_that_is_allowed_takes_it():
    [allowed] = re.findall(r'kubeVersion: ">=([\d.]+)\.0-0"', (CHART / "Chart.yaml").read_text("utf-8"))
    for document in rendered(*OPTIONS["everything"]):
        if document["kind"] not in OWN_KINDS:
            taken(yaml.safe_dump(document), allowed)


def test_no_pod_may_more_than_it_must(documents):
    for _, _, spec in pods(documents):
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            confined = container["securityContext"]
            assert confined["readOnlyRootFilesystem"] is True
            assert confined["allowPrivilegeEscalation"] is False
            assert confined["capabilities"]["drop"] == ["ALL"]
            assert "memory" in container["resources"]["limits"]
            assert not container["image"].endswith((":latest", ":"))


def test_every_selector_finds_its_pods_and_no_others(documents):
    labelled = [(kind, labels) for kind, labels, _ in pods(documents)]
    for document in documents:
        spec = document.get("spec", {})
        selector = {"Service": spec.get("selector"), "Deployment": spec.get("selector", {})}.get(document["kind"])
        if document["kind"] == "PodDisruptionBudget":
            selector = spec["selector"]
        if selector is None:
            continue
        wanted = selector.get("matchLabels", selector)
        found = [kind for kind, labels in labelled if wanted.items() <= labels.items()]
        assert found == ["Deployment"], document["metadata"]["name"]


def test_the_services_are_told_what_they_need(default):
    told = of(default, "ConfigMap")["live-mentoring"]["data"]
    for name in SERVED:
        spec = of(default, "Deployment")[f"live-mentoring-{name}"]["spec"]
        [container] = spec["template"]["spec"]["containers"]
        assert container["args"] == [f"mentoring_{name}", "serve", "--host", "0.0.0.0"]  # noqa: S104
        own = {one["name"]: one["value"] for one in container.get("env", [])}
        given = {key.removeprefix("MENTORING_").lower(): value for key, value in (told | own).items()}
        folder = given.pop("secrets_dir", None)
        assert folder == "/run/secrets/mentoring"
        [volume] = [one["secret"] for one in spec["template"]["spec"]["volumes"] if one["name"] == "secrets"]
        assert volume["optional"] == (name == "gateway")
        secret = {"database_url": "x", "system_database_url": "x", "client_secret": "x", "master_key": "A" * 43 + "="}
        model = GatewaySettings if name == "gateway" else Settings
        settings = model(**given, **({} if name == "gateway" else secret))
        assert set(given) <= set(model.model_fields)
        assert settings.metrics_port == 9464
        for other in WITH_DATABASE:
            address = f"http://live-mentoring-{other}:8000"
            assert getattr(settings, f"{other}_url") == address
            assert f"live-mentoring-{other}" in of(default, "Service")
        assert [container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")] == [
            "/livez", "/livez", "/readyz",
        ]  # fmt: skip
        assert spec["replicas"] >= 2
        assert of(default, "PodDisruptionBudget")[f"live-mentoring-{name}"]["spec"]["maxUnavailable"] == 1


def test_the_owner_of_tables_is_known_to_the_migration_alone(default):
    for name in WITH_DATABASE:
        job = of(default, "Job")[f"live-mentoring-migrate-{name}"]
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
        [container] = job["spec"]["template"]["spec"]["containers"]
        assert container["args"] == [f"mentoring_{name}", "migrate"]
        assert set(MigrationSettings.model_fields) == {"owner_database_url", "log_level"}
    holders = {}
    for kind, labels, spec in pods(default):
        for volume in spec["volumes"]:
            if "secret" in volume:
                component = labels["app.kubernetes.io/component"]
                holders.setdefault(volume["secret"]["secretName"], set()).add((kind, component))
    for name in WITH_DATABASE:
        assert holders[f"mentoring-{name}-owner"] == {("Job", f"migrate-{name}")}
        assert holders[f"mentoring-{name}"] == {("Deployment", name), ("Pod", f"doctor-{name}")}
    assert len(holders) == 2 * len(WITH_DATABASE)


def test_helm_test_asks_each_doctor_as_the_service_does(default):
    for name in WITH_DATABASE:
        pod = of(default, "Pod")[f"live-mentoring-doctor-{name}"]
        assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
        assert pod["spec"]["restartPolicy"] == "Never"
        [asks] = pod["spec"]["containers"]
        assert asks["args"] == [f"mentoring_{name}", "doctor", "--json"]
        assert "doctor" in COMMANDS
        [serves] = of(default, "Deployment")[f"live-mentoring-{name}"]["spec"]["template"]["spec"]["containers"]
        for same in ("image", "env", "envFrom", "volumeMounts"):
            assert asks[same] == serves[same]


def test_the_network_lets_through_who_calls_whom_and_nobody_else(default):
    calls = {name: set(service.design.calls) for name, service in generate.services().items()}
    calls |= {"gateway": set(WITH_DATABASE), "front": set(SERVED)}
    policies = of(default, "NetworkPolicy")

    def peers(rules, direction):
        return {
            peer["podSelector"]["matchLabels"]["mentoring.network/as"]
            for rule in rules
            if {"port": 8000} in rule["ports"]
            for peer in rule.get(direction, [])
        }

    for name in SERVED:
        spec = policies[f"live-mentoring-{name}"]["spec"]
        assert peers(spec["egress"], "to") == calls[name]
        assert peers(spec["ingress"], "from") == {caller for caller, called in calls.items() if name in called}
        ports = {port["port"] for rule in spec["egress"] for port in rule["ports"]}
        wanted = {53, 443} | ({8000} if calls[name] else set())
        wanted |= {9092} if name == "gateway" else {5432, 9092}
        assert ports == wanted | ({587, 1024} if name == "integrations" else set())
        assert spec["policyTypes"] == ["Ingress", "Egress"]
    migrating = policies["live-mentoring-migrations"]["spec"]["egress"]
    assert {port["port"] for rule in migrating for port in rule["ports"]} == {53, 5432}
    chosen = [policy["spec"]["podSelector"]["matchLabels"] for policy in policies.values()]
    for _, labels, _ in pods(default):
        assert len([one for one in chosen if one.items() <= labels.items()]) == 1, labels


def test_the_front_keeps_to_the_rules_of_the_compose_file(default):
    text = (ROOT / "deploy" / "ingress" / "Caddyfile").read_text("utf-8")
    mine = of(default, "ConfigMap")["live-mentoring-front"]["data"]["Caddyfile"]
    assert mine.replace("live-mentoring-{args[0]}", "{args[0]}").strip() == text.strip()
    assert set(re.findall(r"live-mentoring-(\S+?):", mine)) == {"{args[0]}"}
    image = yaml_text.ours((CHART / "values.yaml").read_text("utf-8"))["front"]["image"]
    assert f"CADDY_IMAGE={image}\n" in (ROOT / ".env.example").read_text("utf-8")


def test_what_changes_starts_pods_anew():
    def sums(*arguments):
        return {
            name: document["spec"]["template"]["metadata"]["annotations"]
            for name, document in of(rendered(*arguments), "Deployment").items()
        }

    before, after = sums(), sums("--set", "settings.MENTORING_LOG_LEVEL=DEBUG")
    assert {name for name in before if before[name] != after[name]} == {f"live-mentoring-{name}" for name in SERVED}
    assert all(len(value) == len(hashlib.sha256().hexdigest()) for found in before.values() for value in found.values())


def test_scaling_goes_by_cpu_and_lag():
    found = of(rendered("-f", str(CHART / "ci" / "everything-values.yaml")), "HorizontalPodAutoscaler")
    kinds = {name: [metric["type"] for metric in one["spec"]["metrics"]] for name, one in found.items()}
    assert kinds == {
        "live-mentoring-applications": ["Resource", "External"],
        "live-mentoring-integrations": ["Resource", "External"],
        "live-mentoring-matching": ["Resource"],
    }
    external = found["live-mentoring-integrations"]["spec"]["metrics"][1]["external"]["metric"]
    source = (ROOT / "libs/common/src/mentoring_common/gauges.py").read_text("utf-8")
    assert external["name"].removeprefix("mentoring_") in source
    assert external["selector"] == {"matchLabels": {"service": "integrations"}}
    deployments = of(rendered("-f", str(CHART / "ci" / "everything-values.yaml")), "Deployment")
    assert "replicas" not in deployments["live-mentoring-matching"]["spec"]


def test_backups_are_made_by_the_command_as_it_is():
    documents = rendered(*OPTIONS["backups"])
    job = of(documents, "CronJob")["live-mentoring-backup"]["spec"]
    assert job["concurrencyPolicy"] == "Forbid"
    [makes] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    module, command, folder, *options = makes["args"]
    assert (ROOT / "deploy" / "allinone" / "src" / module / "__main__.py").exists()
    asked = typer.main.get_command(cli).commands[command]
    told = {one["name"]: one["value"] for one in makes["env"]}
    assert (
        asked.make_context(command, [folder, *options, "--to", told["MENTORING_BACKUP_TO"]]).params["keep_days"] == 35
    )
    assert {mount["mountPath"] for mount in makes["volumeMounts"]} == {"/tmp", "/run/secrets/mentoring", folder}  # noqa: S108
    assert "AS operator" in (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def test_external_secrets_come_before_the_migrations_that_need_them():
    documents = rendered(*OPTIONS["external secrets"])
    secrets = of(documents, "ExternalSecret")
    assert set(secrets) == {f"mentoring-{name}{suffix}" for name in WITH_DATABASE for suffix in ("", "-owner")}
    weights = {int(one["metadata"]["annotations"]["helm.sh/hook-weight"]) for one in secrets.values()}
    jobs = {int(one["metadata"]["annotations"]["helm.sh/hook-weight"]) for one in of(documents, "Job").values()}
    assert max(weights) < min(jobs)
    assert {one["spec"]["target"]["name"] for one in secrets.values()} == set(secrets)
    assert secrets["mentoring-matching-owner"]["spec"]["dataFrom"] == [{"extract": {"key": "mentoring/matching-owner"}}]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "nonsense=1"], "nonsense"),
        (["--set", "services.matching.replica=3"], "replica"),
        (["--set", "settings.KAFKA=x"], "KAFKA"),
        (["--set", "image.digest=sha256:short"], "digest"),
        (["--set", "ingress.enabled=true"], "ingress.host has to be set"),
        (["--set", "backup.enabled=true"], "backup.to has to be set"),
        (["--set", "backup.enabled=true,backup.to={age1abc}"], "backup.claim has to be set"),
        (["--set", "secrets.external.enabled=true"], "secrets.external.store.name has to be set"),
        (["--set", "settings.MENTORING_TOKEN_ISSUER="], "settings.MENTORING_TOKEN_ISSUER has to be set"),
    ],
)
def test_what_is_wrong_is_named(arguments, words):
    told = helm(*arguments)
    assert told.returncode != 0
    assert words in told.stderr


def test_helm_finds_nothing_to_say():
    command = [HELM, "lint", "--strict", "--quiet", str(CHART), "-f", str(CHART / "ci" / "minimal-values.yaml")]
    told = subprocess.run([*command, "--kube-version", "1.33.0"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
