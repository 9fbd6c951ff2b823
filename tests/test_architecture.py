import re
import tomllib
from pathlib import Path

from django.apps import apps
from importlinter import cli

ROOT = Path(__file__).resolve().parent.parent


def app_ranks() -> dict[str, int]:
    """Rank of every first-party app, 0 = lowest, read from the import-linter contract."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    layers = next(c for c in config["contracts"] if c["id"] == "apps")["layers"]
    return {
        name.strip(): rank
        for rank, layer in enumerate(reversed(layers))
        for name in layer.split("|")
    }


def test_import_contracts_hold():
    assert cli.lint_imports(config_filename=str(ROOT / "pyproject.toml")) == cli.EXIT_STATUS_SUCCESS


def test_foreign_keys_point_down():
    ranks = app_ranks()
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in ranks
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if field.related_model._meta.app_label in ranks
        if field.related_model._meta.app_label != model._meta.app_label
        if ranks[field.related_model._meta.app_label] >= ranks[model._meta.app_label]
    ]
    assert wrong == []


def test_every_local_app_has_a_layer():
    local = {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    assert local == set(app_ranks()) - {"config"}


def test_url_names_point_down():
    ranks = app_ranks()
    names = "|".join(ranks)
    pattern = re.compile(rf"""(?:reverse(?:_lazy)?\(|\{{% url )\s*["']({names}):""")
    wrong = []
    for app in ranks:
        files = [*(ROOT / app).rglob("*.py"), *(ROOT / "templates" / app).rglob("*.html")]
        wrong += [
            f"{path.relative_to(ROOT)} -> {target}"
            for path in files
            for target in pattern.findall(path.read_text(encoding="utf-8"))
            if ranks[target] > ranks[app]
        ]
    assert wrong == []
