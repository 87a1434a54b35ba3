"""Find the ZooKeeper that is installed, and the Java that runs it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

__all__ = ["NoZooKeeper", "classpath", "find_java"]

_PLACES = ("/usr/share/java", "/usr/share/zookeeper", "/opt/zookeeper", "/usr/local/zookeeper")
"""Usual places of ZooKeeper; the variable ZOOKEEPER_HOME takes precedence."""

_OF_DEBIAN = ("zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "metrics-core", "snappy-java", "commons-io")
"""The jars of Debian's packages that ZooKeeper needs, without those of Netty."""


class NoZooKeeper(Exception):
    """There is no ZooKeeper, or no Java, or it does not start.

    Parameters
    ----------
    message : str
        What was wrong.
    help : str, optional
        What to do about it.
    """

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


_INSTALL = "install it (Debian: apt-get install zookeeper), name its folder in ZOOKEEPER_HOME, or use --connect"


def find_java() -> str:
    """Return the Java that runs ZooKeeper.

    Raises
    ------
    NoZooKeeper
        If there is none.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else None
    found = found or shutil.which("java")
    if found is None:
        raise NoZooKeeper("no Java was found", help="install one (Debian: apt-get install default-jre-headless)")
    return found


def classpath() -> str:
    """Return the class path of the ZooKeeper that is installed.

    Raises
    ------
    NoZooKeeper
        If there is none.
    """
    home = os.environ.get("ZOOKEEPER_HOME")
    for place in [home] if home else _PLACES:
        folders = [Path(place), Path(place) / "lib"]
        if any(list(folder.glob("zookeeper*.jar")) for folder in folders):
            return _jars(folders)
    where = home or ", ".join(_PLACES)
    raise NoZooKeeper(f"no ZooKeeper was found in {where}", help=_INSTALL)


def _jars(folders: Sequence[Path]) -> str:
    """Return the jars in folders; in one that all of Debian's packages share, only those that are needed."""
    if str(folders[0]) != "/usr/share/java":
        return ":".join(f"{folder}/*" for folder in folders)  # Java itself takes this for all jars of a folder
    shared = [str(jar) for name in _OF_DEBIAN for jar in folders[0].glob(f"{name}.jar")]
    return ":".join([*shared, *map(str, sorted(folders[0].glob("netty*.jar")))])
