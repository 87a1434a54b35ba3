"""The lock on a real ZooKeeper: `DistributedLock` for applications, and the cases that test it.

`assay.impl.zookeeper.lock` needs kazoo and nothing else of this package. The other modules start ZooKeeper servers and
clients as processes, inject faults, and record what happened.
"""
