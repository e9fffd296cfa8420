"""EC2 instances that are `pending` and `stopping` for a while, refuse what AWS refuses meanwhile, and are seen by SSM
a moment after they run."""

import os
import threading
import time

from ministack.services import ec2

TRANSITION = float(os.environ.get("EMULATOR_TRANSITION", "1"))
AGENT_DELAY = float(os.environ.get("EMULATOR_AGENT_DELAY", "0.5"))
CODES = {"pending": 0, "running": 16, "stopping": 64, "terminated": 48, "stopped": 80}
STARTABLE = ("stopped", "pending", "running")
STOPPABLE = ("running", "stopping", "stopped")

#: Called with an instance's id when it goes down.
on_down = []

#: Instances whose SSM agent is gone.
without_agent = set()


def name_of(instance):
    return instance["State"]["Name"]


def become(instance, name):
    instance["State"] = {"Code": CODES[name], "Name": name}
    if name == "running":
        instance["_running_since"] = time.time()


def later(instance, name):
    """Changes the state after a while, unless something else has changed it meanwhile."""
    state = instance["State"]

    def change():
        if instance["State"] is state:
            become(instance, name)

    timer = threading.Timer(TRANSITION, change)
    timer.daemon = True
    timer.start()


def is_online(instance):
    """Whether the SSM agent answers."""
    if name_of(instance) != "running" or instance["InstanceId"] in without_agent:
        return False
    return time.time() - instance.setdefault("_running_since", time.time()) >= AGENT_DELAY


def set_agent(instance_id, is_up):
    if is_up:
        without_agent.discard(instance_id)
    else:
        without_agent.add(instance_id)


def chosen(params):
    ids = ec2._parse_member_list(params, "InstanceId")
    return [ec2._instances[id] for id in ids if id in ec2._instances], ids


def change(verb, allowed, at_once, finally_, wasted):
    original = ec2._ACTION_MAP[f"{verb.capitalize()}Instances"]

    def handler(params):
        found, ids = chosen(params)
        if len(found) < len(ids):
            return original(params)  # it says which one is missing
        for instance in found:
            if name_of(instance) not in allowed:
                what = {"start": "started", "stop": "stopped"}[verb]
                message = f"The instance '{instance['InstanceId']}' is not in a state from which it can be {what}."
                return ec2._error("IncorrectInstanceState", message, 400)
        items = ""
        for instance in found:
            before = dict(instance["State"])
            if name_of(instance) not in wasted:
                become(instance, at_once)
                if verb == "start":
                    instance["LaunchTime"] = ec2._now_ts()
                else:
                    for call in on_down:
                        call(instance["InstanceId"])
                later(instance, finally_)
            items += "<item><instanceId>{}</instanceId>{}{}</item>".format(
                instance["InstanceId"], as_xml("previousState", before), as_xml("currentState", instance["State"])
            )
        return ec2._xml(200, f"{verb.capitalize()}InstancesResponse", f"<instancesSet>{items}</instancesSet>")

    return handler


def as_xml(tag, state):
    return f"<{tag}><code>{state['Code']}</code><name>{state['Name']}</name></{tag}>"


def terminate(params):
    for instance in chosen(params)[0]:
        for call in on_down:
            call(instance["InstanceId"])
    return terminate_at_once(params)


terminate_at_once = ec2._ACTION_MAP["TerminateInstances"]


def register():
    assert ec2._ACTION_MAP["StartInstances"] is ec2._start_instances
    assert ec2._ACTION_MAP["StopInstances"] is ec2._stop_instances
    assert ec2._ACTION_MAP["TerminateInstances"] is ec2._terminate_instances
    # A start is wasted on one that runs, a stop on one that is stopped: no error, and nothing happens.
    start = change("start", STARTABLE, "pending", "running", wasted=("pending", "running"))
    stop = change("stop", STOPPABLE, "stopping", "stopped", wasted=("stopping", "stopped"))
    ec2._ACTION_MAP.update(StartInstances=start, StopInstances=stop, TerminateInstances=terminate)
    ec2._start_instances, ec2._stop_instances, ec2._terminate_instances = start, stop, terminate
