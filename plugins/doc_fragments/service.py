# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What a Swarm service is made of. A unit test holds this against the table of options.
    DOCUMENTATION = r"""
options:
  args:
    description:
      - Arguments for the command, as what stands after the image in C(docker service create) and as C(--args) of
        C(docker service update).
      - One text is split into words as a shell would split it, commas and all. A list is taken word by word; what YAML
        reads as a truth value, a fraction or another number (V(10:20) is 620) has to be quoted there.
      - An empty list goes back to the arguments of the image.
    type: raw
  cap_add:
    description:
      - Linux capabilities that containers get in addition to the default ones. V(net_admin), V(NET_ADMIN) and
        V(CAP_NET_ADMIN) are the same.
      - As C(--cap-add). Needs Docker API 1.41.
    type: list
    elements: str
  cap_drop:
    description:
      - Linux capabilities that containers lose. V(ALL) takes them all.
      - As C(--cap-drop). Needs Docker API 1.41.
    type: list
    elements: str
  command:
    description:
      - Command to run in place of the image's entrypoint, as C(--entrypoint). What Docker calls the command of
        an image is O(args) here.
      - One text is split into words as a shell would split it. A list is taken word by word.
      - An empty list goes back to the entrypoint of the image.
    type: raw
  configs:
    description:
      - Swarm configs that every container finds as files, as C(--config).
      - An entry is the name of a config, a dict, or the text V(source=NAME,target=FILE,mode=0440), whose names are
        those of the dict too.
      - The list is complete. Configs that the service has and the list has not are taken away. An entry takes
        the place of another one with the same O(configs[].filename), which is how a config is exchanged for its
        next version.
      - Needs Docker API 1.30.
    type: list
    elements: raw
    suboptions:
      config_id:
        description:
          - ID of the config. Rarely needed, the name is looked up.
        type: str
      config_name:
        description:
          - Name of the config.
        type: str
        required: true
        aliases: [source, src]
      filename:
        description:
          - Path of the file in the container. Without it the file has the name of the config and lies in C(/).
        type: str
        aliases: [target, dst]
      uid:
        description:
          - Numeric owner of the file, V(0) if not given.
        type: str
      gid:
        description:
          - Numeric group of the file, V(0) if not given.
        type: str
      mode:
        description:
          - Permission bits of the file. V(0440) without quotes and V("0440") with quotes mean the same, V(0444) is
            taken if nothing is given.
          - What may be read in two ways is refused. Text without a leading 0 is one of them where a template may have
            made it of a mode without quotes, as V("288") of V(0440). The number V(440), without quotes and without the
            leading 0, is the mode 0670 and nobody means it.
        type: raw
  container_labels:
    description:
      - Labels of the containers, in the forms of O(labels). The dict is complete.
      - As C(--container-label). Changing them replaces all tasks, which O(labels) do not.
    type: raw
  credential_spec:
    description:
      - Where Windows nodes find the managed service account of the containers. V(config://NAME) for a Swarm config
        (Docker API 1.40), V(file://NAME) for a file in the Engine's folder, V(registry://KEY) for the Windows
        registry.
      - As C(--credential-spec). Empty text removes it. Needs Docker API 1.29.
    type: str
  dns:
    description:
      - IP addresses of the name servers that containers ask, in this order, as C(--dns). Names are refused.
    type: list
    elements: str
  dns_options:
    description:
      - Options of the resolver, such as V(timeout:3), as C(--dns-option).
    type: list
    elements: str
  dns_search:
    description:
      - Domains in which short names are looked up, in this order, as C(--dns-search).
    type: list
    elements: str
  endpoint_mode:
    description:
      - How the name of the service resolves. V(vip) gives one virtual address that spreads connections, V(dnsrr)
        gives the addresses of the tasks.
      - With V(dnsrr) ports can only be published with O(publish.mode=host).
      - As C(--endpoint-mode). A new service gets V(vip).
    type: str
    choices: [vip, dnsrr]
  env:
    description:
      - Environment variables as a dict, as a list of V(NAME=value), or as that list in one text with commas.
      - Booleans and fractions have to be quoted, since YAML may have changed their spelling already. V("") is an
        empty value.
      - Whole numbers are taken as their digits. YAML makes 18 of V(022) and 1350 of V(22:30), so file modes, times and
        pairs of ports have to be quoted as well; there is a warning where the name of the variable speaks of one.
      - In list form a bare name removes a variable that the image sets.
      - The variables are complete, those of O(env_files) included. Those that the service has and the task has not
        are removed.
      - As C(--env). The order that the service has is kept, because Swarm would replace all tasks for another one.
      - Values whose names look like secrets are masked in results and diffs, and in what nodes and containers say.
    type: raw
  env_files:
    description:
      - Files on the host that runs the module with lines of V(NAME=value), as C(--env-file). Empty lines and
        lines that begin with V(#) are skipped, quotes belong to the value.
      - Of several lines for one variable the last wins. What O(env) says wins over all files.
      - Files without a line, and an empty list, mean no variables besides those of O(env), so that the service loses
        what it has.
    type: list
    elements: path
  force_update:
    description:
      - Replace all tasks even if nothing differs, as C(--force). Every run of the task does it, so such a task always
        reports a change.
      - Together with an O(image) that is not pinned, the registry is asked what its tag means now, unless
        C(resolve_image) is V(false). Without an O(image) the tasks come back with the content that they had.
    type: bool
    default: false
  groups:
    description:
      - Names or numbers of further groups that the process in the container belongs to, as C(--group).
    type: list
    elements: str
  healthcheck:
    description:
      - How the Engine finds out whether a container is healthy. Swarm counts a task as running only when its check
        has succeeded once, and replaces tasks that turn unhealthy.
      - Sub-options that are not given keep what the service has. V({}) goes back to the check of the image, with a
        warning where that takes something away.
      - Durations are V(10s), V(1m30s), V(500ms) or a number of seconds. V(0) takes the value of the image, or else of
        the Engine.
    type: dict
    suboptions:
      disabled:
        description:
          - V(true) switches off the check that comes with the image, as C(--no-healthcheck). It excludes the other
            sub-options.
          - V(false) brings a check back that was switched off.
        type: bool
      test:
        description:
          - The check. One text is run by the container's shell, as C(--health-cmd). A list begins with V(CMD) (run as
            it is) or V(CMD-SHELL).
          - V(NONE) is another way to write O(healthcheck.disabled=true).
        type: raw
      interval:
        description:
          - Time between two checks, as C(--health-interval). The Engine's own default is 30 s.
        type: str
      timeout:
        description:
          - How long one check may take before it counts as failed, as C(--health-timeout). The Engine's own default is
            30 s.
        type: str
      retries:
        description:
          - How many failures in a row make a container unhealthy, as C(--health-retries). The Engine's own default is
            3.
        type: int
      start_period:
        description:
          - How long after the start failures do not count, as C(--health-start-period). Needs Docker API 1.29.
        type: str
      start_interval:
        description:
          - Time between two checks within O(healthcheck.start_period), as C(--health-start-interval). A short one lets
            a rollout go on as soon as a slow starter is ready. Needs Docker API 1.44.
        type: str
  hostname:
    description:
      - Host name of the containers, as C(--hostname). Templates such as V({{ .Task.Slot }}) are filled in
        by Swarm; protect them from Jinja.
    type: str
  hosts:
    description:
      - Further lines for C(/etc/hosts) of the containers. A dict of names to an address or a list of addresses, or a
        list of V(name:address).
      - An address is an IP address, in brackets if wanted, or V(host-gateway) for the one of the node. Anything else is
        refused.
      - As C(--host). The dict is complete.
    type: raw
  image:
    description:
      - Image of the containers, such as V(nginx:1.27) or V(registry.example.com/team/app:2.0). V(nginx),
        V(nginx:latest) and V(docker.io/library/nginx:latest) are the same image.
      - A tag that the service runs already is no difference, whatever digest it is pinned to, unless the registry is
        asked what the tag means now (see O(force_update) and C(resolve_image)). A digest (V(nginx:1.27@sha256:...)) is
        compared exactly.
      - Needed to create a service. On an existing one the image stays if it is not given.
    type: str
  init:
    description:
      - Run a small init as the first process of the containers, which passes signals on and reaps orphans, as
        C(--init).
      - If never set, the daemon of each node decides. Needs Docker API 1.37.
    type: bool
  isolation:
    description:
      - How Windows isolates the containers, as C(--isolation). Linux knows V(default) only. Needs Docker API 1.35.
    type: str
    choices: [default, process, hyperv]
  labels:
    description:
      - Labels of the service as a dict, as a list of V(name=value), or as that list in one text with commas. Booleans
        and fractions have to be quoted.
      - The dict is complete, labels that it does not name are removed. Excepted are those that begin with
        V(com.docker.stack.), which tie a service to its stack, and those of this collection (V(swarm.rollout.)), which
        are never shown.
      - V(com.docker.stack.image), in which a stack keeps the name of its image, follows an O(image) that is written.
      - As C(--label). Changing them replaces no task.
    type: raw
  limits:
    description:
      - The most that each task may use. Sub-options that are not given keep what the service has, V({}) removes all
        limits, with a warning where there are any.
    type: dict
    suboptions:
      cpus:
        description:
          - Number of CPUs, such as V(0.5), as C(--limit-cpu). V(0) is no limit.
        type: float
      memory:
        description:
          - Memory such as V(512M) or V(1.5G), or a number of bytes, as C(--limit-memory). Units count in 1024s, V(0) is
            no limit.
        type: str
      pids:
        description:
          - Number of processes, as C(--limit-pids). V(0) is no limit. Needs Docker API 1.41.
        type: int
  logging:
    description:
      - Where the output of the containers goes. Sub-options that are not given keep what the service has, V({}) goes
        back to the default of each daemon, with a warning where that takes something away.
    type: dict
    suboptions:
      driver:
        description:
          - Name of the logging driver, such as V(json-file) or V(journald), as C(--log-driver).
        type: str
      options:
        description:
          - Options of the driver as a dict or a list of V(name=value), as C(--log-opt). The dict is complete. Numbers
            and booleans need no quotes here.
        type: raw
  max_concurrent:
    description:
      - How many tasks of a O(mode=replicated-job) run at the same time, as C(--max-concurrent).
      - A new job runs all of its O(replicas) at once if it is not given. Needs Docker API 1.41.
      - With another mode V(1) is ignored with a warning, and more is refused.
    type: int
  memory_swap:
    description:
      - Swap that each task may use in addition to O(limits.memory), such as V(1G), or V(-1) for as much as the node
        has, as C(--memory-swap) of the CLI from version 29 on. V(0) is none.
      - If never set, the Engine gives as much swap as memory. Empty text goes back to that.
      - Needs O(limits.memory) and Docker API 1.52.
    type: str
  memory_swappiness:
    description:
      - How readily the kernel swaps memory of the tasks out, from V(0) to V(100), or V(-1) for the kernel's own
        setting, as C(--memory-swappiness) of the CLI from version 29 on. Needs Docker API 1.52.
    type: int
  mode:
    description:
      - V(replicated) runs O(replicas) tasks, V(global) one on every node that fits. V(replicated-job) runs tasks until
        O(replicas) of them have completed, V(global-job) one to completion on every node that fits. Jobs need Docker
        API 1.41.
      - A new service is V(replicated). An existing one keeps its mode if none is given.
      - Swarm cannot change the mode of a service. It has to be removed and created again, which has to be allowed
        explicitly.
      - As C(--mode).
    type: str
    choices: [replicated, global, replicated-job, global-job]
  mounts:
    description:
      - What is mounted into the containers, as C(--mount).
      - An entry is a dict, or the text that C(--mount) takes, such as V(type=volume,source=data,target=/data). In the
        text form the type is V(volume) if it is not given, as on the command line, in the dict it is V(bind).
      - C(consistency) is taken and left out, since no Engine keeps it for a service. C(bind-create-src) is refused for
        the same reason, since tasks would fail where the folder is missing.
      - The list is complete. Entries are told apart by their O(mounts[].target); what an entry does not mention takes
        its default.
    type: list
    elements: raw
    suboptions:
      type:
        description:
          - V(bind) mounts a path of the node, V(volume) a named volume (or one without a name if there is no source),
            V(tmpfs) memory, V(npipe) a named pipe of Windows, V(cluster) a cluster volume (Docker API 1.42), V(image)
            the content of an image.
          - Engines up to 28 refuse V(image) for services.
        type: str
        choices: [bind, volume, tmpfs, npipe, cluster, image]
        default: bind
      source:
        description:
          - Path on the node, name of the volume, or image.
        type: str
        aliases: [src]
      target:
        description:
          - Path in the container.
        type: str
        required: true
        aliases: [dst, destination]
      readonly:
        description:
          - Whether the container may only read it.
        type: bool
        aliases: [read_only, ro]
      propagation:
        description:
          - Whether mounts made later on one side appear on the other. Only for V(bind), where the Engine takes
            V(rprivate).
        type: str
        choices: [shared, slave, private, rshared, rslave, rprivate]
      non_recursive:
        description:
          - Leave out what is mounted below the source. Only for V(bind). Needs Docker API 1.40.
        type: bool
      no_copy:
        description:
          - Leave a new volume empty, where otherwise it gets what the image has at the target. Only for V(volume).
        type: bool
      labels:
        description:
          - Labels for a volume that has to be created, in the forms of O(labels). Only for V(volume).
        type: raw
      driver_config:
        description:
          - How a volume that has to be created is made. Only for V(volume).
        type: dict
        suboptions:
          name:
            description:
              - Name of the volume driver.
            type: str
          options:
            description:
              - Options of the driver.
            type: dict
      volume_subpath:
        description:
          - Path in the volume to mount in place of its root. Only for V(volume). Needs Docker API 1.45.
        type: str
        aliases: [subpath]
      image_subpath:
        description:
          - Path in the image to mount in place of its root. Only for V(image). Needs Docker API 1.48.
        type: str
      tmpfs_size:
        description:
          - Size of the memory file system, such as V(64M). Without it the kernel allows half of the memory. Only for
            V(tmpfs).
        type: str
      tmpfs_mode:
        description:
          - Permission bits of its root, such as V("01777") in quotes. V(01777) without quotes and V("1777") with quotes
            mean the same; what may be read in two ways is refused, as for O(configs[].mode). Only for V(tmpfs).
        type: raw
      tmpfs_options:
        description:
          - Further mount options, such as V(noexec) or V(uid=1000). Only for V(tmpfs). Needs Docker API 1.46.
        type: list
        elements: str
  networks:
    description:
      - Networks of the tasks, as C(--network). An entry is the name or ID of a network, a dict, or the text
        V(name=NET,alias=web). A dict of names to the other sub-options means the same as a list of dicts.
      - The list is complete, an empty one takes all networks away. Changing it replaces all tasks.
    type: raw
    suboptions:
      name:
        description:
          - Name or ID of the network.
        type: str
      id:
        description:
          - ID of the network, in place of O(networks.name).
        type: str
      aliases:
        description:
          - Further names of the service on this network.
        type: list
        elements: str
      options:
        description:
          - Options of the network's driver for this service, as a dict or a list of V(name=value). Needs Docker API
            1.32.
        type: raw
  oom_score_adj:
    description:
      - How early the kernel kills the processes when memory runs out, from V(-1000) (last) to V(1000) (first), as
        C(--oom-score-adj). Needs Docker API 1.46.
    type: int
  placement:
    description:
      - On which nodes tasks run. Sub-options that are not given keep what the service has, V({}) lets tasks run
        anywhere, with a warning where that takes something away.
      - V({}) is also what a task hands over whose sub-options are all omitted. To keep what the service has, omit the
        option as a whole.
    type: dict
    suboptions:
      constraints:
        description:
          - Conditions that a node has to meet, such as V(node.role == worker) or V(node.labels.zone != a), as
            C(--constraint). Blanks around the operator do not matter. The list is complete.
          - Tasks on nodes that meet the new conditions stay, the others are replaced.
        type: list
        elements: str
      preferences:
        description:
          - Labels of nodes over whose values tasks are spread evenly, the first one first, as C(--placement-pref). An
            entry is a dict or the text V(spread=node.labels.zone). The list is complete.
          - Only tasks that start later follow it. Needs Docker API 1.27.
        type: list
        elements: raw
        suboptions:
          spread:
            description:
              - The label, such as V(node.labels.zone).
            type: str
      replicas_max_per_node:
        description:
          - How many tasks may run on one node, as C(--replicas-max-per-node). V(0) is no limit. Needs Docker API 1.40.
          - A global service has one on each node anyway. The option is ignored there, with a warning.
        type: int
  privileges:
    description:
      - What the containers may do to their node. Sub-options that are not given keep what the service has, V({}) goes
        back to the defaults of the Engine, with a warning where that takes something away.
    type: dict
    suboptions:
      no_new_privileges:
        description:
          - Whether programs that carry the set-user-ID bit are kept from giving more rights. Needs Docker API 1.44.
        type: bool
      seccomp:
        description:
          - Which system calls are allowed. V(default), V(unconfined), or a profile of your own as a dict or as JSON
            text. Needs Docker API 1.44.
        type: raw
      apparmor:
        description:
          - Whether the Engine's AppArmor profile confines the containers. Needs Docker API 1.44.
        type: str
        choices: [default, disabled]
      selinux_context:
        description:
          - SELinux labels of the containers. Needs Docker API 1.29.
        type: dict
        suboptions:
          disable:
            description:
              - Whether SELinux is left out for the containers.
            type: bool
          user:
            description:
              - User of the label.
            type: str
          role:
            description:
              - Role of the label.
            type: str
          type:
            description:
              - Type of the label.
            type: str
          level:
            description:
              - Level of the label.
            type: str
  publish:
    description:
      - Ports of the tasks that can be reached from outside, as C(--publish).
      - An entry is a dict, a port, or a short text such as V(8080:80), V(8080:80/udp) or V(8000-8010:80-90). An address
        in front of the ports is refused, since Swarm publishes on all addresses.
      - Quote short texts. Without quotes YAML makes the number 1342 of V(22:22), which is refused, and 13342 of
        V(222:22), which is taken as a port, with a warning.
      - The list is complete, an empty one closes all ports. Changing it replaces all tasks.
    type: raw
    suboptions:
      published_port:
        description:
          - Port to the outside, or a range such as V(8000-8010). Without it Swarm chooses one.
        type: raw
      target_port:
        description:
          - Port in the container, or a range of the same length.
        type: raw
        required: true
      protocol:
        description:
          - Protocol of the port.
        type: str
        choices: [tcp, udp, sctp]
        default: tcp
      mode:
        description:
          - V(ingress) opens the port on every node and passes connections on to any task. V(host) opens it only where
            a task runs, and leads to that task. V(ingress) is taken if nothing is given.
        type: str
        choices: [ingress, host]
  read_only:
    description:
      - Whether the root file system of the containers cannot be written to, as C(--read-only). Needs Docker API 1.28.
    type: bool
  replicas:
    description:
      - How many tasks a O(mode=replicated) service runs, or how many a O(mode=replicated-job) has to complete, as
        C(--replicas).
      - If it is not given, or V(-1), an existing service keeps its number and a new one gets 1.
      - Beside V(mode=global) or V(mode=global-job) in the same task, V(1) is ignored with a warning, since tasks for
        services of several modes have it as a default. Any other number, and any number for a service that is global
        already without the task saying so, asks for something that such a service cannot do, and is refused.
      - Changing it replaces no task.
    type: int
  reservations:
    description:
      - What a node must have left for a task to start there. Sub-options that are not given keep what the service has,
        V({}) removes all reservations, with a warning where there are any.
    type: dict
    suboptions:
      cpus:
        description:
          - Number of CPUs, such as V(0.25), as C(--reserve-cpu). V(0) is no reservation.
        type: float
      memory:
        description:
          - Memory such as V(64M), or a number of bytes, as C(--reserve-memory). V(0) is no reservation.
        type: str
      generic_resources:
        description:
          - Counts of resources that nodes advertise, as a list of V(GPU=2) or as a dict. As C(--generic-resource). The
            list is complete. Needs Docker API 1.32.
        type: raw
  restart_config:
    description:
      - What Swarm does when a task ends. Sub-options that are not given keep what the service has, V({}) goes back to
        Swarm's defaults, with a warning where that changes something.
      - Durations are V(10s), V(1m30s), V(500ms) or a number of seconds. A number that can only be one of nanoseconds is
        refused.
    type: dict
    suboptions:
      condition:
        description:
          - V(any) starts a new task in any case, V(on-failure) only when the old one failed, V(none) never. As
            C(--restart-condition). Swarm's default is V(any).
          - With V(none), an update neither waits between tasks nor notices failures.
        type: str
        choices: [none, on-failure, any]
      delay:
        description:
          - Time before the new task starts, as C(--restart-delay). Swarm's default is 5 s.
        type: str
      max_attempts:
        description:
          - How often to try, as C(--restart-max-attempts). V(0), Swarm's default, is without end.
        type: int
      window:
        description:
          - The time in which attempts are counted, as C(--restart-window). V(0), Swarm's default, is from the start.
        type: str
  rollback_config:
    description:
      - How Swarm goes back to the former specification, with the sub-options of O(update_config).
      - Swarm takes the one of the specification that it goes back to, so a change serves the rollback after next.
      - Sub-options that are not given keep what the service has, or the default. V({}) goes back to the defaults, with
        a warning where that changes something. Needs Docker API 1.28.
    type: dict
    suboptions:
      parallelism:
        description:
          - How many tasks go back at the same time, V(0) for all at once, as C(--rollback-parallelism). The default is
            1.
        type: int
      delay:
        description:
          - Time between a task that runs again and the next one, as C(--rollback-delay). The default is 0 s.
        type: str
      failure_action:
        description:
          - What happens when going back fails, as C(--rollback-failure-action). The default is V(pause).
          - V(rollback), which the Engine accepts here and then misbehaves, is refused.
        type: str
        choices: [pause, continue]
      monitor:
        description:
          - How long a task is watched for failure, as C(--rollback-monitor). The default is 5 s, which V(0) means as
            well. V(1ns) switches it off.
        type: str
      max_failure_ratio:
        description:
          - The share of tasks that may fail, such as V(0.25) or V(25%), as C(--rollback-max-failure-ratio). The default
            is 0.
        type: raw
      order:
        description:
          - Whether the old task stops before the new one starts, or the other way round, as C(--rollback-order). The
            default is V(stop-first). Needs Docker API 1.29.
        type: str
        choices: [stop-first, start-first]
  secrets:
    description:
      - Swarm secrets that every container finds as files, as C(--secret). An entry is the name of a secret, a dict, or
        the text V(source=NAME,target=FILE,mode=0400), whose names are those of the dict too.
      - The list is complete. Secrets that the service has and the list has not are taken away. An entry takes the place
        of another one with the same O(secrets[].filename), which is how a secret is rotated.
    type: list
    elements: raw
    suboptions:
      secret_id:
        description:
          - ID of the secret. Rarely needed, the name is looked up.
        type: str
      secret_name:
        description:
          - Name of the secret.
        type: str
        required: true
        aliases: [source, src]
      filename:
        description:
          - Name of the file below C(/run/secrets), or a whole path. Without it the file has the name of the secret.
        type: str
        aliases: [target, dst]
      uid:
        description:
          - Numeric owner of the file, V(0) if not given.
        type: str
      gid:
        description:
          - Numeric group of the file, V(0) if not given.
        type: str
      mode:
        description:
          - Permission bits of the file. V(0400) without quotes and V("0400") with quotes mean the same, V(0444) is
            taken if nothing is given.
          - What may be read in two ways is refused. Text without a leading 0 is one of them where a template may have
            made it of a mode without quotes, as V("256") of V(0400). The number V(400), without quotes and without the
            leading 0, is the mode 0620 and nobody means it.
        type: raw
  stop_grace_period:
    description:
      - How long a container has to end by itself before it is killed, such as V(30s), as C(--stop-grace-period).
        Swarm's default is 10 s. A number is one of seconds; one that can only be of nanoseconds is refused.
      - In an update with the order stop-first Swarm waits no longer than a minute for it, and then starts the new task
        beside the old one. A plan warns of it where both would have a volume or a port of their node.
    type: str
  stop_signal:
    description:
      - Signal that asks a container to end, such as V(SIGINT), as C(--stop-signal). Without it the image decides. Needs
        Docker API 1.28.
    type: str
  sysctls:
    description:
      - Kernel parameters of the containers, such as V(net.core.somaxconn), in the forms of O(labels), as C(--sysctl).
        The dict is complete. Needs Docker API 1.40.
    type: raw
  tty:
    description:
      - Whether the containers get a terminal, as C(--tty).
    type: bool
  ulimits:
    description:
      - Limits of the processes in the containers, as C(--ulimit). An entry is a dict, or a text such as
        V(nofile=1024:2048) or V(nproc=100). A dict of names to a number, or to a dict of O(ulimits.soft) and
        O(ulimits.hard), as in a Compose file, means the same as a list.
      - The list is complete. Needs Docker API 1.41.
    type: raw
    suboptions:
      name:
        description:
          - Name of the limit, one of V(core), V(cpu), V(data), V(fsize), V(locks), V(memlock), V(msgqueue), V(nice),
            V(nofile), V(nproc), V(rss), V(rtprio), V(rttime), V(sigpending) and V(stack).
        type: str
        required: true
      soft:
        description:
          - The limit in force, V(-1) for none.
        type: int
        required: true
      hard:
        description:
          - How far the process may raise it, V(-1) for without end. The same as O(ulimits.soft) if not given.
        type: int
  update_config:
    description:
      - How Swarm replaces tasks when the service changes. Sub-options that are not given keep what the service has, or
        the default. V({}) goes back to the defaults, with a warning where that changes something. It is always written
        whole, since the Engine takes what is missing as zero.
      - Durations are V(10s), V(1m30s), V(500ms) or a number of seconds. A number of more than 30 days can only be one
        of nanoseconds, as flat keys of results such as C(update_delay) have them, and is refused; with its unit any
        time is taken.
      - Changing it alone replaces no task. Jobs have none; there a default is ignored with a warning, and anything else
        is refused.
    type: dict
    suboptions:
      parallelism:
        description:
          - How many tasks are replaced at the same time, V(0) for all at once, as C(--update-parallelism). The default
            is 1.
        type: int
      delay:
        description:
          - Time between a task that runs and the next one, as C(--update-delay). The default is 0 s.
          - Swarm does not wait for O(update_config.monitor) before it goes on. Only a delay that is at least as long
            has every task verified before the next one is replaced.
        type: str
      failure_action:
        description:
          - What Swarm does when more than O(update_config.max_failure_ratio) of the tasks fail, as
            C(--update-failure-action). V(pause) leaves the service half updated, V(rollback) goes back, V(continue)
            watches nothing at all. The default is V(pause).
        type: str
        choices: [pause, continue, rollback]
      monitor:
        description:
          - How long a task is watched for failure after it runs, as C(--update-monitor). The default is 5 s, which
            V(0) means as well. V(1ns) switches it off.
        type: str
      max_failure_ratio:
        description:
          - The share of tasks that may fail, such as V(0.25) or V(25%), as C(--update-max-failure-ratio). The default
            is 0.
        type: raw
      order:
        description:
          - V(stop-first) stops the old task before the new one starts, V(start-first) starts the new one first and
            needs room for both. As C(--update-order). The default is V(stop-first). Needs Docker API 1.29.
        type: str
        choices: [stop-first, start-first]
  user:
    description:
      - User that the process runs as, by name or number, with a group after a colon if wanted, as C(--user). Without it
        the image decides.
      - Quote a user with a group. YAML makes the number 2013 of V(33:33), which is refused.
    type: raw
  working_dir:
    description:
      - Directory that the process starts in, as C(--workdir). Without it the image decides.
    type: str
"""
