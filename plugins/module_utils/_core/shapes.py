# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes of the Engine's objects, as far as this collection looks into them."""

from __future__ import annotations

from .shape import FLAG, NUMBER, TEXT, WHOLE, Listed, Named, Record

_TEXTS = Listed(TEXT)
_PAIRS = Named(TEXT)
_DRIVER = Record({"Name": TEXT, "Options": _PAIRS})
_INDEX = Record({"Index": WHOLE})
_VERSION = Record({"Index": WHOLE}, needed=("Index",))

_MOUNT = Record(
    {
        "Type": TEXT,
        "Source": TEXT,
        "Target": TEXT,
        "ReadOnly": FLAG,
        "BindOptions": Record({"Propagation": TEXT, "NonRecursive": FLAG}),
        "VolumeOptions": Record({"NoCopy": FLAG, "Labels": _PAIRS, "DriverConfig": _DRIVER, "Subpath": TEXT}),
        "ImageOptions": Record({"Subpath": TEXT}),
        "TmpfsOptions": Record({"SizeBytes": WHOLE, "Mode": WHOLE, "Options": Listed(_TEXTS)}),
    }
)
_FILE = Record({"Name": TEXT, "UID": TEXT, "GID": TEXT, "Mode": WHOLE})
_CONTAINER = Record(
    {
        "Image": TEXT,
        "Labels": _PAIRS,
        "Command": _TEXTS,
        "Args": _TEXTS,
        "Env": _TEXTS,
        "Hostname": TEXT,
        "Dir": TEXT,
        "User": TEXT,
        "Groups": _TEXTS,
        "Init": FLAG,
        "TTY": FLAG,
        "ReadOnly": FLAG,
        "StopSignal": TEXT,
        "StopGracePeriod": WHOLE,
        "Hosts": _TEXTS,
        "DNSConfig": Record({"Nameservers": _TEXTS, "Search": _TEXTS, "Options": _TEXTS}),
        "Sysctls": _PAIRS,
        "CapabilityAdd": _TEXTS,
        "CapabilityDrop": _TEXTS,
        "Ulimits": Listed(Record({"Name": TEXT, "Soft": WHOLE, "Hard": WHOLE})),
        "OomScoreAdj": WHOLE,
        "Isolation": TEXT,
        "Mounts": Listed(_MOUNT),
        "Secrets": Listed(Record({"SecretID": TEXT, "SecretName": TEXT, "File": _FILE})),
        "Configs": Listed(Record({"ConfigID": TEXT, "ConfigName": TEXT, "File": _FILE, "Runtime": Record({})})),
        "Healthcheck": Record(
            {
                "Test": _TEXTS,
                "Interval": WHOLE,
                "Timeout": WHOLE,
                "Retries": WHOLE,
                "StartPeriod": WHOLE,
                "StartInterval": WHOLE,
            }
        ),
        "Privileges": Record(
            {
                "NoNewPrivileges": FLAG,
                "Seccomp": Record({"Mode": TEXT, "Profile": TEXT}),
                "AppArmor": Record({"Mode": TEXT}),
                "CredentialSpec": Record({"Config": TEXT, "File": TEXT, "Registry": TEXT}),
                "SELinuxContext": Record({"Disable": FLAG, "User": TEXT, "Role": TEXT, "Type": TEXT, "Level": TEXT}),
            }
        ),
    }
)
_GENERIC = Listed(
    Record(
        {
            "DiscreteResourceSpec": Record({"Kind": TEXT, "Value": WHOLE}),
            "NamedResourceSpec": Record({"Kind": TEXT, "Value": TEXT}),
        }
    )
)
_ATTACHED = Listed(Record({"Target": TEXT, "Aliases": _TEXTS, "DriverOpts": _PAIRS}))
_PLATFORM = Record({"Architecture": TEXT, "OS": TEXT})
_TASK_TEMPLATE = Record(
    {
        "ContainerSpec": _CONTAINER,
        "Resources": Record(
            {
                "Limits": Record({"NanoCPUs": WHOLE, "MemoryBytes": WHOLE, "Pids": WHOLE}),
                "Reservations": Record({"NanoCPUs": WHOLE, "MemoryBytes": WHOLE, "GenericResources": _GENERIC}),
                "SwapBytes": WHOLE,
                "MemorySwappiness": WHOLE,
            }
        ),
        "RestartPolicy": Record({"Condition": TEXT, "Delay": WHOLE, "MaxAttempts": WHOLE, "Window": WHOLE}),
        "Placement": Record(
            {
                "Constraints": _TEXTS,
                "Preferences": Listed(Record({"Spread": Record({"SpreadDescriptor": TEXT})})),
                "MaxReplicas": WHOLE,
                "Platforms": Listed(_PLATFORM),
            }
        ),
        "LogDriver": _DRIVER,
        "Networks": _ATTACHED,
        "ForceUpdate": WHOLE,
        "Runtime": TEXT,
    }
)
_PORTS = Listed(
    Record(
        {"Name": TEXT, "Protocol": TEXT, "TargetPort": WHOLE, "PublishedPort": WHOLE, "PublishMode": TEXT},
    )
)
_ROLLING = Record(
    {
        "Parallelism": WHOLE,
        "Delay": WHOLE,
        "FailureAction": TEXT,
        "Monitor": WHOLE,
        "MaxFailureRatio": NUMBER,
        "Order": TEXT,
    }
)
_SPEC = {
    "Name": TEXT,
    "Labels": _PAIRS,
    "TaskTemplate": _TASK_TEMPLATE,
    "Mode": Record(
        {
            "Replicated": Record({"Replicas": WHOLE}),
            "Global": Record({}),
            "ReplicatedJob": Record({"MaxConcurrent": WHOLE, "TotalCompletions": WHOLE}),
            "GlobalJob": Record({}),
        }
    ),
    "UpdateConfig": _ROLLING,
    "RollbackConfig": _ROLLING,
    "Networks": _ATTACHED,
    "EndpointSpec": Record({"Mode": TEXT, "Ports": _PORTS}),
}
# A ServiceSpec by itself, as histories keep it.
SERVICE_SPEC = Record(_SPEC, needed=("Name",))
SERVICE = Record(
    {
        "ID": TEXT,
        "Version": _VERSION,
        "CreatedAt": TEXT,
        "UpdatedAt": TEXT,
        "Spec": SERVICE_SPEC,
        "PreviousSpec": Record(_SPEC),
        "Endpoint": Record({"Ports": _PORTS, "Spec": Record({"Ports": _PORTS})}),
        "UpdateStatus": Record({"State": TEXT, "Message": TEXT, "StartedAt": TEXT, "CompletedAt": TEXT}),
        "ServiceStatus": Record({"RunningTasks": WHOLE, "DesiredTasks": WHOLE, "CompletedTasks": WHOLE}),
        "JobStatus": Record({"JobIteration": _INDEX}),
    },
    needed=("ID", "Version", "Spec"),
)
TASK = Record(
    {
        "ID": TEXT,
        "ServiceID": TEXT,
        "Version": _INDEX,
        "CreatedAt": TEXT,
        "Slot": WHOLE,
        "NodeID": TEXT,
        "DesiredState": TEXT,
        "Status": Record(
            {
                "State": TEXT,
                "Timestamp": TEXT,
                "Message": TEXT,
                "Err": TEXT,
                "ContainerStatus": Record({"ContainerID": TEXT, "ExitCode": WHOLE}),
                "PortStatus": Record({"Ports": _PORTS}),
            }
        ),
        "Spec": _TASK_TEMPLATE,
        "JobIteration": _INDEX,
        "NetworksAttachments": Listed(
            Record(
                {
                    "Addresses": _TEXTS,
                    "Network": Record({"Spec": Record({"Ingress": FLAG}), "DriverState": Record({"Name": TEXT})}),
                }
            )
        ),
        "GenericResources": _GENERIC,
    },
    needed=("ID",),
)
NODE = Record(
    {
        "ID": TEXT,
        "Version": _INDEX,
        "Spec": Record({"Role": TEXT, "Availability": TEXT, "Labels": _PAIRS}),
        "Description": Record(
            {
                "Hostname": TEXT,
                "Platform": _PLATFORM,
                "Resources": Record({"NanoCPUs": WHOLE, "MemoryBytes": WHOLE, "GenericResources": _GENERIC}),
                "Engine": Record(
                    {
                        "EngineVersion": TEXT,
                        "Labels": _PAIRS,
                        "Plugins": Listed(Record({"Type": TEXT, "Name": TEXT})),
                    }
                ),
            }
        ),
        "Status": Record({"State": TEXT, "Addr": TEXT, "Message": TEXT}),
        "ManagerStatus": Record({"Leader": FLAG, "Reachability": TEXT, "Addr": TEXT}),
    },
    needed=("ID",),
)
# Configs and secrets. Their labels and data are anybody's, and are read with care (see `packing`).
OBJECT = Record({"ID": TEXT, "Version": _INDEX, "Spec": Record({"Name": TEXT, "Labels": _PAIRS})}, needed=("ID",))
NETWORK = Record({"Id": TEXT, "Name": TEXT, "Driver": TEXT, "Scope": TEXT}, needed=("Id",))
DISTRIBUTION = Record(
    {
        "Descriptor": Record({"digest": TEXT}),
        "Platforms": Listed(Record({"architecture": TEXT, "Architecture": TEXT, "os": TEXT, "OS": TEXT})),
    }
)
CONTAINER = Record(
    {"State": Record({"Health": Record({"Log": Listed(Record({"Output": TEXT}))})})},
)
IMAGE = Record({"Id": TEXT, "RepoDigests": _TEXTS, "RepoTags": _TEXTS})
INFO = Record({"ID": TEXT, "Name": TEXT, "Swarm": Record({"NodeID": TEXT})})
WRITTEN = Record({"ID": TEXT, "Warnings": _TEXTS, "Warning": TEXT})
