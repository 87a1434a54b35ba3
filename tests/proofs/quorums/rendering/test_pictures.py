"""Pictures: nothing overlaps, nothing is wider than the page, and the caption is the verdict."""

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest
from assay.proofs.quorums import library
from assay.proofs.quorums.analyse import analyse
from assay.proofs.quorums.configurations import Configuration
from assay.proofs.quorums.formats.reading import parse_source
from assay.proofs.quorums.formats.texts.source import Source
from assay.proofs.quorums.questions import Questions, Topic
from assay.proofs.quorums.rendering.layout import LETTER, WIDTH
from assay.proofs.quorums.rendering.svg import picture
from hypothesis import given, settings
from hypothesis import strategies as st

SVG = "{http://www.w3.org/2000/svg}"


def drawn(system, against=None):
    def read(one):
        return Configuration("test", ("file",), one)

    asked = Questions(topics=frozenset([Topic.SURVIVAL]))
    report = analyse(read(system), asked, against=None if against is None else read(against))
    return ElementTree.fromstring(picture(report))


def boxes(root):
    found = [[float(one.get(name)) for name in ("x", "y", "width", "height")] for one in root.findall(f"{SVG}rect")[1:]]
    return [(x, y, x + width, y + height) for x, y, width, height in found]


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def words(root):
    return ["".join(text.itertext()) if not len(text) else text.text for text in root.findall(f"{SVG}text")]


ZONES = st.lists(st.integers(1, 12), min_size=1, max_size=40)


@settings(max_examples=15, deadline=None)
@given(ZONES, st.integers(1, 80))
def test_boxes_and_titles_do_not_overlap_and_keep_to_the_page(sizes, length):
    labels = {}
    for zone, size in enumerate(sizes):
        labels.update({f"n{zone}.{i}": {"zone": f"{zone}" + "z" * length} for i in range(size)})
    root = drawn(replace(library.majority(labels), labels=labels))
    found = boxes(root)
    assert not any(overlap(one, other) for one, other in combinations(found, 2))
    assert all(left >= 0 and right <= WIDTH and bottom <= float(root.get("height")) for left, _, right, bottom in found)
    for text in root.findall(f"{SVG}text"):
        width = len(text.text) * LETTER
        left = float(text.get("x")) - (width / 2 if text.get("text-anchor") == "middle" else 0)
        assert left + width <= WIDTH + LETTER
    headings = [text for text in root.findall(f"{SVG}text") if text.find(f"{SVG}title") is not None]
    for text in headings:
        x, y = float(text.get("x")), float(text.get("y"))
        (inside,) = [box for box in found if box[0] <= x <= box[2] and box[1] <= y <= box[3]]
        assert x + len(text.text) * LETTER <= inside[2] + 1


@pytest.mark.parametrize("count", [1, 90, 91, 1000])
def test_every_node_has_a_disc_inside_a_box(count):
    root = drawn(library.majority([f"n{i}" for i in range(count)]))
    discs = [one for one in root.findall(f"{SVG}circle") if one.find(f"{SVG}title") is not None]
    assert len(discs) == count
    (box,) = boxes(root)
    for disc in discs:
        x, y, radius = (float(disc.get(name)) for name in ("cx", "cy", "r"))
        assert box[0] <= x - radius <= x + radius <= box[2]
        assert box[1] <= y - radius <= y + radius <= box[3]


def test_an_unsafe_change_is_not_captioned_safe():
    said = words(drawn(library.majority("abc"), library.majority("abcde")))
    assert "change in one step: not safe" in said
    assert "safe" not in said
    assert "change in one step: safe" in words(drawn(library.majority("abc"), library.majority("abcd")))


def test_a_split_is_captioned_split():
    assert "split" in words(drawn(library.read_write("abcd", 2, 2)))


def test_groups_of_zookeeper_are_drawn_and_hosts_of_one_node_are_not():
    servers = "".join(f"server.{i}=zoo{i}:2888:3888\n" for i in range(1, 10))
    groups = "group.1=1:2:3\ngroup.2=4:5:6\ngroup.3=7:8:9\n"
    root = ElementTree.fromstring(picture(analyse(parse_source(Source("zoo.cfg", servers + groups)))))
    assert len(boxes(root)) == 3
    assert {"group 1", "group 2", "group 3"} <= set(words(root))
    assert len(boxes(ElementTree.fromstring(picture(analyse(parse_source(Source("zoo.cfg", servers))))))) == 1
