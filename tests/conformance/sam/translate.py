"""The SAM translator of AWS as an oracle: templates on standard input, what becomes of each on standard output.

Both are JSON lists. The Serverless Application Repository and the session's region are stood in for.
"""

import json
import logging
import sys
from unittest.mock import MagicMock, patch

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.plugins.application.serverless_app_plugin import ServerlessAppPlugin
from samtranslator.translator import arn_generator
from samtranslator.translator.transform import transform

REGION = "us-east-1"


def place_of(cause):
    for attribute in ("_logical_id", "_event_id"):
        if hasattr(cause, attribute):
            return str(getattr(cause, attribute))
    return cause.message


def translate(template):
    policies = MagicMock()
    policies.load.return_value = {}
    arn_generator._region_to_partition.cache_clear()
    try:
        return {"template": transform(template, {}, policies)}
    except InvalidDocumentException as error:
        causes = sorted(error.causes, key=place_of)
        return {"refusal": " ".join([error.message, *(cause.message for cause in causes)])}
    except Exception as error:  # what it does not check for itself
        return {"crash": repr(error)}


logging.disable(logging.CRITICAL)
application = {"TemplateUrl": "https://example.com/template", "Status": "ACTIVE"}
with (
    patch("boto3.session.Session.region_name", REGION),
    patch.object(arn_generator, "_get_region_from_session", return_value=REGION),
    patch.object(ServerlessAppPlugin, "_sar_service_call", lambda *_: application),
    patch("time.time", return_value=0),
):
    json.dump([translate(template) for template in json.load(sys.stdin)], sys.stdout)
