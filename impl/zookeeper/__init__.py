"""The lock on a real ZooKeeper: `DistributedLock` for applications, and what tries it.

`assay.impl.zookeeper.lock` needs kazoo and nothing else of this package. The other modules start ZooKeeper servers and
clients as processes of their own, break them, and put together what happened.
"""
