"""An application on pysaml2, a JSON object a line on stdin, one a line on stdout.

ask:    {"step": "ask", "party": {...}, "relay": "..."}            -> {"id", "url" or "html", "metadata"}
accept: {"step": "accept", "party": {...}, "response": "...", "id"} -> {"name", "format", "attributes", "session"}
"""
import json
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256


def client_of(party):
    keys = {"key_file": party["key"], "cert_file": party["certificate"]}
    settings = {
        "entityid": party["entityId"],
        "metadata": {"local": [party["idpMetadata"]]},
        "xmlsec_binary": "/usr/bin/xmlsec1",
        "service": {
            "sp": {
                "endpoints": {"assertion_consumer_service": [(party["acs"], BINDING_HTTP_POST)]},
                "authn_requests_signed": party["signsRequests"],
                "want_response_signed": party["wantsResponseSigned"],
                "want_assertions_signed": party["wantsAssertionsSigned"],
                "allow_unsolicited": False,
                "allow_unknown_attributes": True,
            }
        },
        **keys,
    }
    if party["decrypts"]:
        settings["encryption_keypairs"] = [keys]
    config = SPConfig()
    config.load(settings)
    return Saml2Client(config=config), config


def ask(message):
    client, config = client_of(message["party"])
    binding = BINDING_HTTP_POST if message["party"]["binding"] == "post" else BINDING_HTTP_REDIRECT
    request, made = client.prepare_for_authenticate(relay_state=message["relay"], binding=binding, sigalg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256)
    said = {"id": request, "metadata": str(entity_descriptor(config))}
    if binding == BINDING_HTTP_REDIRECT:
        said["url"] = dict(made["headers"])["Location"]
    else:
        said["html"] = made["data"] if isinstance(made["data"], str) else "".join(made["data"])
    return said


def accept(message):
    client, _ = client_of(message["party"])
    response = client.parse_authn_request_response(message["response"], BINDING_HTTP_POST, outstanding={message["id"]: "/"})
    subject = response.get_subject()
    return {"name": subject.text, "format": subject.format, "attributes": response.ava, "session": response.session_info()["session_index"]}


for line in sys.stdin:
    message = json.loads(line)
    try:
        answer = {"ask": ask, "accept": accept}[message["step"]](message)
    except Exception as problem:  # what it says goes to the test
        answer = {"error": f"{type(problem).__name__}: {problem}"}
    print(json.dumps(answer), flush=True)
