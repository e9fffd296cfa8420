"""Resource types that ministack's services know, but not its CloudFormation: with them the app's templates are
created as they are. `register()` is called by launch.py, which has checked the version."""

from ministack.services import budgets, cloudwatch, ec2, iam, s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS, _physical_name

def ok(response, what):
    if response[0] >= 400:
        raise ValueError(f"{what}: {response[2]!r}")
    return response


def create_instance(logical_id, props, stack_name):
    profile, error = ec2._resolve_iam_instance_profile(
        iam_arn="", iam_name=props.get("IamInstanceProfile", "").rsplit("/", 1)[-1], allow_missing=True
    ) if props.get("IamInstanceProfile") else (None, None)
    if error:
        raise ValueError(f"{logical_id}: {error!r}")
    (instance,) = ec2._launch_instances_internal(
        image_id=props.get("ImageId", "ami-00000000"),
        instance_type=props.get("InstanceType", "t3.micro"),
        subnet_id=props.get("SubnetId") or ec2._DEFAULT_SUBNET_ID,
        count=1,
        user_data=props.get("UserData", ""),
        sg_ids=props.get("SecurityGroupIds"),
        iam_profile=profile,
    )
    ec2._tags[instance["InstanceId"]] = list(props.get("Tags", []))
    attributes = ("PrivateIp", "PublicIp", "PrivateDnsName", "PublicDnsName")
    values = {name: instance.get(name) or instance.get(f"{name}Address") for name in attributes}
    return instance["InstanceId"], {
        "InstanceId": instance["InstanceId"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        **values,
    }


def delete_instance(physical_id, props):
    if physical_id in ec2._instances:
        ec2._terminate_instances({"InstanceId.1": [physical_id]})


def create_budget(logical_id, props, stack_name):
    budget = dict(props["Budget"])
    name = budget.setdefault("BudgetName", _physical_name(stack_name, logical_id, max_len=100))
    limit = budget.get("BudgetLimit")
    if limit:
        budget["BudgetLimit"] = {**limit, "Amount": str(limit["Amount"])}
    request = {"Budget": budget, "NotificationsWithSubscribers": props.get("NotificationsWithSubscribers", [])}
    ok(budgets._create_budget(request), logical_id)
    return name, {}


def delete_budget(physical_id, props):
    budgets._delete_budget({"BudgetName": physical_id})


def create_composite_alarm(logical_id, props, stack_name):
    name = props.get("AlarmName") or _physical_name(stack_name, logical_id)
    ok(cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, True), logical_id)
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def delete_composite_alarm(physical_id, props):
    cloudwatch._composite_alarms.pop(physical_id, None)


def create_oidc_provider(logical_id, props, stack_name):
    params = {"Url": [props["Url"]]}
    for field, key in (("ClientIdList", "ClientIDList"), ("ThumbprintList", "ThumbprintList")):
        for index, value in enumerate(props.get(field, []), 1):
            params[f"{key}.member.{index}"] = [value]
    ok(iam._create_oidc_provider(params), logical_id)
    arn = next(arn for arn, provider in iam._oidc_providers.items() if provider["Url"] == props["Url"])
    return arn, {"Arn": arn}


def delete_oidc_provider(physical_id, props):
    iam._oidc_providers.pop(physical_id, None)


def lock_bucket(create):
    """ministack's CloudFormation makes a bucket without its Object Lock."""

    def create_bucket(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        if props.get("ObjectLockEnabled"):
            rule = props.get("ObjectLockConfiguration", {}).get("Rule", {})
            s3._bucket_object_lock[name] = {"enabled": True, "default_retention": rule.get("DefaultRetention")}
        return name, attributes

    return create_bucket


def refuse_full(delete):
    """Deletes no bucket under Object Lock that holds anything; AWS refuses every bucket that does."""

    def delete_bucket(physical_id, props):
        if s3._bucket_object_lock.get(physical_id) and s3._bucket_has_versions(physical_id):
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        delete(physical_id, props)

    return delete_bucket


def simplify_alarm(create):
    """ministack's CloudFormation knows no metric math: such an alarm watches its first metric."""

    def create_alarm(logical_id, props, stack_name):
        stats = [metric["MetricStat"] for metric in props.get("Metrics", []) if "MetricStat" in metric]
        if stats:
            simple = {**stats[0]["Metric"], "Statistic": "Sum", "Period": stats[0]["Period"]}
            props = {**{key: value for key, value in props.items() if key != "Metrics"}, **simple}
        return create(logical_id, props, stack_name)

    return create_alarm


TYPES = {
    "AWS::EC2::Instance": (create_instance, delete_instance),
    "AWS::Budgets::Budget": (create_budget, delete_budget),
    "AWS::CloudWatch::CompositeAlarm": (create_composite_alarm, delete_composite_alarm),
    "AWS::IAM::OIDCProvider": (create_oidc_provider, delete_oidc_provider),
}


def register():
    for name, (create, delete) in TYPES.items():
        assert name not in _RESOURCE_HANDLERS, f"ministack has learned {name}: take it out here"
        _RESOURCE_HANDLERS[name] = {"create": create, "delete": delete}
    bucket = _RESOURCE_HANDLERS["AWS::S3::Bucket"]
    bucket.update(create=lock_bucket(bucket["create"]), delete=refuse_full(bucket["delete"]))
    alarm = _RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
    alarm.update(create=simplify_alarm(alarm["create"]))
