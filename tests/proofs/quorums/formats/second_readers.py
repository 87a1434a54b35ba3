"""A second reader of each format, written apart from its system's documentation: no code in common, no trees.

A reader returns the nodes and, for each class of quorums, a function that tells whether a set of them is one. They are
as simple as may be: they take well-formed texts only, by regular expressions and the readers of the standard library.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import tomllib
from collections.abc import Callable
from xml.etree import ElementTree

import yaml

Quorums = Callable[[frozenset[str]], bool]
Read = tuple[set[str], dict[str, Quorums]]


def majority(voters) -> Quorums:
    voters = frozenset(voters)
    return lambda nodes: 2 * len(nodes & voters) > len(voters)


def at_least(number, members) -> Quorums:
    members = frozenset(members)
    return lambda nodes: len(nodes & members) >= number


# --- coordination --------------------------------------------------------------------------------------------


def properties(text):
    text = re.sub(r"\\\n[ \t]*", "", text)
    return dict(re.findall(r"^[ \t]*([^#!\s=:]+)[ \t]*[=:][ \t]*(.*?)[ \t]*$", text, re.MULTILINE))


def zookeeper(text) -> Read:
    lines = properties(text)
    servers = {key[7:]: value for key, value in lines.items() if key.startswith("server.")}
    voters = {number for number, value in servers.items() if ":observer" not in value.split(";")[0].lower()}
    groups = {key: value.split(":") for key, value in lines.items() if key.startswith("group.")}
    if not groups:
        return voters, {"quorum": majority(voters)}
    weights = dict.fromkeys(voters, 1) | {key[7:]: int(v) for key, v in lines.items() if key.startswith("weight.")}

    def wins(nodes):
        totals = {name: sum(weights[number] for number in listed) for name, listed in groups.items()}
        counted = [name for name, total in totals.items() if total]
        won = [n for n in counted if 2 * sum(weights[i] for i in groups[n] if i in nodes) > totals[n]]
        return 2 * len(won) > len(counted)

    return voters, {"quorum": wins}


def kraft(text) -> Read:
    status = re.search(r"^CurrentVoters:\s*(.*)$", text, re.MULTILINE)
    if status:
        listed = json.loads(status[1])
        voters = {str(one["id"] if isinstance(one, dict) else one) for one in listed}
    else:
        voters = {part.split("@")[0] for part in properties(text)["controller.quorum.voters"].split(",")}
    return voters, {"quorum": majority(voters)}


def etcd(text) -> Read:
    if '"voters"' in text:
        state = json.loads(text)
        sides = [set(map(str, state[key])) for key in ("voters", "voters_outgoing") if state.get(key)]
        return set().union(*sides), {"quorum": lambda nodes: all(majority(side)(nodes) for side in sides)}
    if text.lstrip().startswith("{"):
        members = json.loads(text)["members"]
        voters = {one.get("name") or f"{one['ID']:x}" for one in members if not one.get("isLearner")}
    elif "| " in text:
        rows = [
            [cell.strip() for cell in line.strip(" |").split("|")] for line in text.splitlines() if "started" in line
        ]
        voters = {row[2] or row[0] for row in rows if row[-1] != "true"}
    else:
        voters = {part.split("=")[0].strip() for part in etcd_cluster(text).split(",") if part.strip()}
    return voters, {"quorum": majority(voters)}


def etcd_cluster(text):
    if re.search(r"^initial-cluster:", text, re.MULTILINE):
        return yaml.safe_load(text)["initial-cluster"]
    if "[Service]" in text:
        unit = configparser.RawConfigParser(strict=False, interpolation=None)
        unit.read_string(re.sub(r"\\\n\s*", "", text))
        text = unit["Service"]["ExecStart"]
    words = shlex.split(text.replace("\\\n", " "), comments=True)
    for place, word in enumerate(words):
        if word.startswith(("ETCD_INITIAL_CLUSTER=", "--initial-cluster=")):
            return word.partition("=")[2]
        if word == "--initial-cluster":
            return words[place + 1]
    raise AssertionError("no cluster")


def clickhouse(text) -> Read:
    servers = ElementTree.fromstring(text).iter("server")
    voters = {s.findtext("id").strip() for s in servers if s.findtext("can_become_leader", "true").strip() != "false"}
    return voters, {"quorum": majority(voters)}


def consul(text) -> Read:
    if text.lstrip().startswith("["):
        voters = {one["id"] for one in json.loads(text) if not one.get("non_voter")}
    elif text.lstrip().startswith("{"):
        voters = {one["Node"] for one in json.loads(text)["Servers"] if one["Voter"]}
    else:
        head, *rows = (line.split() for line in text.splitlines() if line.strip())
        voters = {row[0] for row in rows if row[head.index("Voter")] == "true"}
    return voters, {"quorum": majority(voters)}


def elasticsearch(text) -> Read:
    if text.lstrip().startswith("{"):
        state = json.loads(text)["metadata"]["cluster_coordination"]
        sides = [set(state["last_committed_config"]), set(state["last_accepted_config"])]
        return set().union(*sides), {"quorum": lambda nodes: all(majority(side)(nodes) for side in sides)}
    settings = yaml.safe_load(text)
    least = settings.get("discovery.zen.minimum_master_nodes")
    if least is not None:
        hosts = settings["discovery.zen.ping.unicast.hosts"]
        return set(hosts), {"quorum": at_least(least, hosts)}
    return set(settings["cluster.initial_master_nodes"]), {"quorum": majority(settings["cluster.initial_master_nodes"])}


def sentinel(text) -> Read:
    lines = [line.split() for line in text.splitlines() if line.startswith("sentinel ")]
    quorum = next(int(words[5]) for words in lines if words[1] == "monitor")
    name = next(words[2] for words in lines if words[1] == "monitor")
    others = {f"{words[3]}:{words[4]}" for words in lines if words[1] == "known-sentinel"}
    everyone = {*others, "this sentinel"}
    return everyone, {f"failover of {name}": at_least(max(len(everyone) // 2 + 1, quorum), everyone)}


# --- databases -----------------------------------------------------------------------------------------------


def mongodb(text) -> Read:
    document = json.loads(text)
    members = document["members"]
    host = {one["_id"]: one["host"] for one in members}
    voting = {host[one["_id"]] for one in members if one.get("votes", 1)}
    arbiters = {host[one["_id"]] for one in members if one.get("arbiterOnly")}
    data = set(host.values()) - arbiters
    able = {host[one["_id"]] for one in members if one.get("priority", 1) > 0} - arbiters
    major = len(voting) // 2 + 1
    w = document.get("settings", {}).get("getLastErrorDefaults", {}).get("w")
    since_5 = any("secondaryDelaySecs" in one for one in members)
    if w is None or (since_5 and w == 1):
        old = any("slaveDelay" in one for one in members)
        w = 1 if old or (arbiters and len(voting & data) <= major) else "majority"

    def writes(nodes):
        if w == "majority":
            return len(nodes & voting & data) >= min(major, len(voting & data))
        return len(nodes & data) >= max(w, 1)

    return set(host.values()), {
        "write": lambda nodes: bool(nodes & able) and writes(nodes),
        "election": lambda nodes: bool(nodes & able) and len(nodes & voting) >= major,
    }


def cassandra(text, write, read) -> Read:
    plain = re.sub(r"^--[^\n]*", "", text, flags=re.MULTILINE)
    options = ast.literal_eval(re.search(r"replication\s*=\s*(\{[^}]*\})", plain)[1])
    simple = options.pop("class").endswith("SimpleStrategy")
    centres = {"replica" if simple else dc: int(number) for dc, number in options.items() if int(number)}
    nodes = {f"{dc}-{i}": dc for dc, number in centres.items() for i in range(1, number + 1)}

    def reached(level):
        def is_quorum(up):
            here = {dc: sum(nodes[node] == dc for node in up) for dc in centres}
            local = {dc: 2 * here[dc] > number for dc, number in centres.items()}
            return {
                "ONE": len(up) >= 1,
                "TWO": len(up) >= 2,
                "THREE": len(up) >= 3,
                "ALL": len(up) == len(nodes),
                "QUORUM": 2 * len(up) > len(nodes),
                "LOCAL_ONE": len(up) >= 1,
                "LOCAL_QUORUM": any(local.values()),
                "EACH_QUORUM": all(local.values()),
            }[level]

        return is_quorum

    return set(nodes), {"write": reached(write), "read": reached(read)}


def kafka_topic(text) -> Read:
    described = re.search(r"Replicas: ([\d,]+)", text)
    if described:
        replicas = set(described[1].split(","))
        config = dict(re.findall(r"([\w.]+)=([\w.]+)", text))
    elif "kind: KafkaTopic" in text:
        spec = yaml.safe_load(text)["spec"]
        replicas = {f"replica-{i}" for i in range(1, spec["replicas"] + 1)}
        config = {key: str(value).lower() for key, value in spec.get("config", {}).items()}
    else:
        config = properties(text)
        factor = int(config.get("replication.factor") or config.get("default.replication.factor"))
        replicas = {f"replica-{i}" for i in range(1, factor + 1)}
    least, acks = int(config.get("min.insync.replicas", 1)), config.get("acks", "all")
    loose = config.get("unclean.leader.election.enable") == "true" or acks not in ("all", "-1")
    return replicas, {
        "write": at_least(least if acks in ("all", "-1") else 1, replicas),
        "election": at_least(1 if loose else max(len(replicas) - least + 1, 1), replicas),
    }


def postgresql(text) -> Read:
    settings = dict(re.findall(r"^\s*([\w.]+)\s*=\s*'?([^'#\n]*?)'?\s*(?:#.*)?$", text, re.MULTILINE))
    shape = re.fullmatch(
        r"(?:(ANY|FIRST)?\s*(\d+)\s*\((.*)\)|(.*))", settings["synchronous_standby_names"], re.IGNORECASE
    )
    names = {name.strip().strip('"') for name in (shape[3] or shape[4]).split(",")}
    number = int(shape[2] or 1)
    asked = int(settings.get("assay.standbys_asked", 1))
    return {"primary", *names}, {
        "commit": lambda nodes: "primary" in nodes and len(nodes & names) >= number,
        "failover": at_least(asked, names),
    }


def patroni(text, standbys) -> Read:
    document = yaml.safe_load(text)
    told = document.get("bootstrap", {}).get("dcs", document)
    mode = {True: "on", False: "off"}.get(told.get("synchronous_mode", "off"), told.get("synchronous_mode", "off"))
    number = min(int(told.get("synchronous_node_count", 1)), len(standbys))
    chosen = set(standbys[:number]) if mode == "on" else set(standbys)
    waits = 0 if mode == "off" else number
    asked = len(standbys) - number + 1 if mode == "quorum" else 1
    return {"primary", *standbys}, {
        "commit": lambda nodes: "primary" in nodes and len(nodes & chosen) >= waits,
        "failover": at_least(asked, chosen),
    }


# --- blockchains ---------------------------------------------------------------------------------------------


def cometbft(text) -> Read:
    document = json.loads(text)
    document = document.get("result", document)
    document = document.get("genesis", document)
    powers = {one["address"]: int(one.get("power") or one["voting_power"]) for one in document["validators"]}
    total = sum(powers.values())
    return set(powers), {"commit": lambda nodes: 3 * sum(powers[node] for node in nodes) > 2 * total}


def is_met(trusted, nodes) -> bool:
    inner = sum(is_met(one, nodes) for one in trusted.get("innerQuorumSets", ()))
    return sum(key in nodes for key in trusted["validators"]) + inner >= trusted["threshold"]


def members_of(trusted) -> list[str]:
    return trusted["validators"] + [key for one in trusted.get("innerQuorumSets", ()) for key in members_of(one)]


def is_sane(trusted) -> bool:
    size = len(trusted["validators"]) + len(trusted.get("innerQuorumSets", ()))
    return 1 <= trusted["threshold"] <= size and all(is_sane(one) for one in trusted.get("innerQuorumSets", ()))


def stellar_network(text) -> Read:
    sets = {one["publicKey"]: one["quorumSet"] for one in json.loads(text) if one.get("quorumSet")}
    sane = {key: one for key, one in sets.items() if is_sane(one) and len(set(members_of(one))) == len(members_of(one))}
    is_quorum = lambda nodes: bool(nodes) and all(node in sane and is_met(sane[node], nodes) for node in nodes)  # noqa: E731
    return set(sets), {"quorum": is_quorum}


def stellar_core(text) -> Read:
    def trusted(table):
        inner = [trusted(one) for one in table.values() if isinstance(one, dict)]
        keys = [key.split()[-1].lstrip("$") for key in table.get("VALIDATORS", [])]
        size = len(inner) + len(keys)
        need = -(-size * table.get("THRESHOLD_PERCENT", 67) // 100)
        return {"threshold": need, "validators": keys, "innerQuorumSets": inner}

    tree = trusted(tomllib.loads(text)["QUORUM_SET"])
    return set(members_of(tree)), {"quorum": lambda nodes: is_met(tree, nodes)}


# --- our own -------------------------------------------------------------------------------------------------


def holds(expression, nodes) -> bool:
    if isinstance(expression, str):
        return expression in nodes
    (kind, *_), parts = expression, expression.get("of") or next(iter(expression.values()))
    weights = expression.get("weights", [1] * len(parts))
    need = {"all": len(parts), "any": 1, "majority": len(parts) // 2 + 1, "choose": expression.get("choose")}[kind]
    return sum(weight for weight, part in zip(weights, parts, strict=True) if holds(part, nodes)) >= need


def assay(text) -> Read:
    document = tomllib.loads(text)
    classes = document["classes"]
    quorums = {name: lambda nodes, one=one: holds(one, nodes) for name, one in classes.items()}
    return set(document["nodes"]), quorums
