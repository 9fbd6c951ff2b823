"""The head of the chain is made once: a head that is missing later has been removed."""

import hmac

from django.conf import settings
from django.db import migrations

NO_DIGEST = "0" * 64


def lay_head(apps, schema_editor):
    seal = hmac.new(settings.AUDIT_KEY.encode(), f"head\n0\n{NO_DIGEST}".encode(), "sha256")
    apps.get_model("accounts", "AuditHead").objects.create(
        id=1, sequence=0, digest=NO_DIGEST, seal=seal.hexdigest()
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_passwords_permissions_seal")]

    operations = [migrations.RunPython(lay_head, migrations.RunPython.noop)]
