"""A log of what IAM was asked and answered, for principals that a policy binds: Lambda roles, the host's role.

GET /_sluice/access   JSON lines: time, principal, action, resource, allowed. Empty without EMULATOR_IAM=1.
"""

import json
import os
import time

from ministack import app
from ministack.core import iam_actions, iam_evaluator

LOG = open(f"{os.environ['EMULATOR_DIR']}/access.jsonl", "w+", encoding="utf-8")
enforce_original = iam_evaluator.enforce
pin_request_origin = iam_evaluator.pin_request_origin
extract_resource_arn = iam_actions.extract_resource_arn


def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    refusal = enforce_original(access_key_id, iam_action, service, region, resource_arn, service_context)
    principal = principal_of(access_key_id)
    if principal:
        entry = {
            "time": time.time(),
            "principal": principal,
            "action": iam_action,
            "resource": resource_arn,
            "allowed": refusal is None,
        }
        print(json.dumps(entry), file=LOG, flush=True)
    return refusal


def resource_arn_of(service, method, path, headers, body, params, region, account):
    """ministack asks whether a command may be sent to "*"; AWS asks for the instance (and for the document)."""
    if headers.get("x-amz-target") == "AmazonSSM.SendCommand":
        instance_ids = json.loads(body).get("InstanceIds") or ["*"]
        return f"arn:aws:ec2:{region}:{account}:instance/{instance_ids[0]}"
    return extract_resource_arn(service, method, path, headers, body, params, region, account)


def principal_of(access_key_id):
    from ministack.services import sts

    return (sts._sessions.get(access_key_id) or {}).get("Arn")


def pin_secure_origin(source_ip, secure_transport):
    """Buckets refuse what does not come over TLS; the emulator speaks plain HTTP on this machine only."""
    pin_request_origin(source_ip, True)


def register():
    names = enforce_original.__code__.co_varnames[: enforce_original.__code__.co_argcount]
    assert names == ("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"), names
    names = extract_resource_arn.__code__.co_varnames[: extract_resource_arn.__code__.co_argcount]
    assert names == ("service", "method", "path", "headers", "body", "query_params", "region", "account_id"), names
    assert app.pin_request_origin is pin_request_origin
    iam_evaluator.enforce = enforce
    iam_actions.extract_resource_arn = resource_arn_of
    app.pin_request_origin = pin_secure_origin
