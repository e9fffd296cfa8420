"""SSM Run Command on this machine: /bin/sh with executionTimeout, CancelCommand, the output in the bucket, and an agent
that goes down with its instance. ministack itself runs commands only in instances that a Docker container backs."""

import atexit
import os
import signal
import subprocess
import threading

import instances
from ministack.services import ec2, s3, ssm

ROOT = os.environ["EMULATOR_ROOT"]
DIR = os.environ["EMULATOR_DIR"]
TERMINAL = ("Success", "Failed", "Cancelled", "TimedOut")

#: command id → its process, and by whom it was ended
running = {}
lock = threading.Lock()


def environment(instance_id):
    """What a command of the SSM agent finds: the host's programs, and the credentials of the instance's role."""
    path = [f"{ROOT}/deploy/host", f"{ROOT}/node_modules/.bin", os.environ["PATH"]]
    return {
        **os.environ,
        **role_credentials(instance_id),
        "PATH": os.pathsep.join(path),
        "EC2_INSTANCE_ID": instance_id,
        "SLUICE_HOST_DIR": f"{DIR}/hosts/{instance_id}",
        "SLUICE_HOST_MODULES": f"{ROOT}/node_modules",
    }


def role_credentials(instance_id):
    """A session of the role in the instance's profile where IAM is enforced; else whatever the emulator has."""
    from ministack import app
    from ministack.core.lambda_runtime import execution_credentials
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import iam

    profile = (ec2._instances.get(instance_id) or {}).get("IamInstanceProfile")
    if not app.AUTH or not profile:
        return {}
    name = profile["Arn"].rsplit("/", 1)[-1]
    (role,) = iam._instance_profiles[name]["Roles"]
    role_name = role if isinstance(role, str) else role["RoleName"]
    account = get_account_id()
    return execution_credentials({
        "FunctionArn": f"arn:aws:lambda:{get_region()}:{account}:function:{instance_id}",
        "FunctionName": instance_id,
        "Role": f"arn:aws:iam::{account}:role/{role_name}",
    })


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)  # as the agent does: the command's process group, at once
    except ProcessLookupError:
        pass


def finish_invocation(command_id, instance_id, argv):
    record = ssm._commands[command_id]
    invocation = record["Invocations"][instance_id]
    limit = float((record["Parameters"].get("executionTimeout") or ["3600"])[0])
    with lock:
        if invocation["Status"] in TERMINAL:  # cancelled before it began
            return
        process = subprocess.Popen(
            argv, cwd=f"{DIR}/commands", env=environment(instance_id), text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0,
        )
        entry = running[command_id] = {"process": process, "instance": instance_id, "ended": None}
        invocation.update(Status="InProgress", StatusDetails="InProgress", ExecutionStartDateTime=ssm._now_iso())
        ssm._refresh_command_status(record)
    status = None
    try:
        stdout, stderr = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        status = ("TimedOut", "ExecutionTimedOut")
        kill(process)
        stdout, stderr = process.communicate()
    with lock:
        running.pop(command_id, None)
        if entry["ended"] == "instance":  # nobody is left to tell AWS: it is in progress until its time is over
            expire(record, invocation, limit)
            return
        if entry["ended"] == "cancel":
            status = ("Cancelled", "Cancelled")
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
        done(record, invocation, *(status or (("Failed", "Success")[code == 0],) * 2), code, stdout, stderr)


def done(record, invocation, status, details, code, stdout="", stderr=""):
    keep_output(record, invocation, stdout, stderr)
    invocation.update(
        ResponseCode=code,
        StandardOutputContent=stdout[: ssm._STDOUT_LIMIT],
        StandardErrorContent=stderr[: ssm._STDERR_LIMIT],
        ExecutionEndDateTime=ssm._now_iso(),
        StatusDetails=details,
    )
    invocation["Status"] = status  # last: who sees it finds the rest
    refresh_command_status(record)


def expire(record, invocation, seconds):
    def change():
        if invocation["Status"] not in TERMINAL:
            done(record, invocation, "TimedOut", "ExecutionTimedOut", -1)

    timer = threading.Timer(seconds, change)
    timer.daemon = True
    timer.start()


def keep_output(record, invocation, stdout, stderr):
    if not record["OutputS3BucketName"]:
        return
    folder = [record["OutputS3KeyPrefix"].strip("/"), record["CommandId"], invocation["InstanceId"]]
    for name, text in (("stdout", stdout), ("stderr", stderr)):
        if text:
            key = "/".join([*filter(None, folder), "awsrunShellScript", "0.awsrunShellScript", name])
            s3._put_object(record["OutputS3BucketName"], key, text.encode(), {})


refresh_original = ssm._refresh_command_status


def refresh_command_status(record):
    refresh_original(record)
    for invocation in record["Invocations"].values():
        if invocation["Status"] in ("Cancelled", "TimedOut"):
            record.update(Status=invocation["Status"], StatusDetails=invocation["StatusDetails"])


def cancel_command(data):
    record = ssm._commands.get(data.get("CommandId") or "")
    if record is None:
        return ssm.error_response_json("InvalidCommandId", "", 400)
    with lock:
        entry = running.get(record["CommandId"])
        if entry:
            entry["ended"] = "cancel"
            for invocation in record["Invocations"].values():
                invocation.update(Status="Cancelling", StatusDetails="Cancelling")
            kill(entry["process"])
            return ssm.json_response({})
        for invocation in record["Invocations"].values():
            if invocation["Status"] not in TERMINAL:  # not begun, or its instance is gone
                done(record, invocation, "Cancelled", "Cancelled", -1)
    return ssm.json_response({})


def instance_down(instance_id):
    with lock:
        for entry in running.values():
            if entry["instance"] == instance_id:
                entry["ended"] = "instance"
                kill(entry["process"])


def kill_all():
    for entry in list(running.values()):
        kill(entry["process"])


def describe_instance_information(data):
    wanted = [f.get("Values", []) for f in data.get("Filters", []) if f.get("Key") == "InstanceIds"]
    entries = []
    for instance_id, instance in sorted(ec2._instances.items()):
        online = instances.is_online(instance)
        instance["_was_online"] = online or instance.get("_was_online", False)
        if any(instance_id not in ids for ids in wanted) or instances.name_of(instance) == "terminated":
            continue
        if not instance["_was_online"]:
            continue  # the agent has never registered
        entries.append({
            "InstanceId": instance_id,
            "PingStatus": "Online" if online else "ConnectionLost",
            "LastPingDateTime": ssm._now_epoch() if online else instance["_running_since"],
            "AgentVersion": "3.3.3050.0",
            "PlatformType": "Linux",
            "PlatformName": "Amazon Linux",
            "PlatformVersion": "2023",
            "ResourceType": "EC2Instance",
        })
    return ssm.json_response({"InstanceInformationList": entries})


def is_managed(instance_id):
    instance = ec2._instances.get(instance_id)
    return bool(instance) and instances.is_online(instance)


original_handle = ssm.handle_request


async def handle_request(method, path, headers, body, query_params):
    if headers.get("x-amz-target", "").endswith(".CancelCommand"):
        return cancel_command(ssm.json.loads(body))
    return await original_handle(method, path, headers, body, query_params)


def register():
    assert ssm._shell_argv({"Parameters": {"commands": ["a", "b"]}}) == ["/bin/sh", "-c", "a\nb"]
    assert ssm._finish_invocation.__code__.co_varnames[:3] == ("command_id", "instance_id", "argv")
    assert callable(ec2.instance_is_managed) and callable(ssm._describe_instance_information)
    ec2.instance_is_managed = is_managed
    ssm._finish_invocation = finish_invocation
    ssm._refresh_command_status = refresh_command_status
    ssm._describe_instance_information = describe_instance_information
    ssm.handle_request = handle_request
    instances.on_down.append(instance_down)
    atexit.register(kill_all)
