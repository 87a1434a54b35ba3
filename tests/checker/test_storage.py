"""A directory of the user's own: nobody else could have written what is read from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from assay.checker.errors import AssayWarning
from assay.checker.storage import OwnDirectory, UntrustedError, kept_directory, own_directory

STRANGER = 12345
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")


@pytest.fixture
def own(tmp_path: Path) -> OwnDirectory:
    return own_directory(tmp_path / "own")


@pytest.fixture
def _afresh() -> Iterator[None]:
    kept_directory.cache_clear()
    yield
    kept_directory.cache_clear()


def refusal(path: Path) -> str:
    with pytest.raises(UntrustedError) as caught:
        own_directory(path)
    return str(caught.value)


def test_a_directory_is_made_with_all_above_it_for_its_owner_only(tmp_path: Path) -> None:
    made = own_directory(tmp_path / "a" / "b")
    made.write("file", b"content")
    assert made.read("file") == b"content"
    assert made.has("file")
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a/b/file")]
    assert modes == [0o700, 0o700, 0o600]
    assert os.listdir(tmp_path / "a" / "b") == ["file"]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o702])
def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    assert refusal(tmp_path / "open") == f"others can write {tmp_path / 'open'} (fix it with chmod go-w)"


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_directory_that_others_can_replace_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "open" / "own").mkdir(parents=True, mode=0o700)
    (tmp_path / "open").chmod(mode)
    assert refusal(tmp_path / "open" / "own") == f"others can write {tmp_path / 'open'} (fix it with chmod go-w)"


def test_a_sticky_directory_protects_what_is_ours_in_it(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    own_directory(tmp_path / "shared" / "own").write("file", b"content")


@is_root
@pytest.mark.parametrize("belongs", ["cache", "."], ids=["the directory", "the one above"])
def test_a_directory_of_another_user_is_refused_by_root_too(tmp_path: Path, belongs: str) -> None:
    home = tmp_path / "home"
    (home / "cache").mkdir(parents=True)
    os.chown(home / belongs, STRANGER, STRANGER)
    assert refusal(home / "cache") == f"{home / belongs} belongs to another user"


def test_a_link_of_ours_is_followed_to_a_directory_of_ours(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "absolute").symlink_to(tmp_path / "real")
    (tmp_path / "relative").symlink_to("../" + tmp_path.name + "/real")
    own_directory(tmp_path / "absolute" / "own").write("file", b"content")
    assert own_directory(tmp_path / "relative" / "own").read("file") == b"content"


@is_root
def test_a_link_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.chown(tmp_path / "link", STRANGER, STRANGER, follow_symlinks=False)
    assert refusal(tmp_path / "link") == f"{tmp_path / 'link'} belongs to another user"


def test_what_is_behind_a_link_is_held_to_the_same_rules(tmp_path: Path) -> None:
    (tmp_path / "open" / "own").mkdir(parents=True)
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open" / "own")
    assert "others can write" in refusal(tmp_path / "link")


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert "circle" in refusal(tmp_path / "a")


@pytest.mark.parametrize("name", ["file/cache", "file", "x" * 300, "nul\0"])
def test_what_cannot_be_a_directory_is_refused_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be used" in refusal(tmp_path / name)


def test_a_file_that_is_a_link_is_not_read_and_is_replaced(own: OwnDirectory, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"planted")
    (own.path / "file").symlink_to(tmp_path / "secret")
    assert (own.read("file"), own.has("file")) == (None, False)
    own.write("file", b"content")
    assert own.read("file") == b"content"
    assert (tmp_path / "secret").read_bytes() == b"planted"


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_file_that_others_can_write_is_not_read(own: OwnDirectory, mode: int) -> None:
    own.write("file", b"content")
    (own.path / "file").chmod(mode)
    assert (own.read("file"), own.has("file")) == (None, False)


@is_root
def test_a_file_of_another_user_is_not_read(own: OwnDirectory) -> None:
    own.write("file", b"planted")
    os.chown(own.path / "file", STRANGER, STRANGER)
    assert (own.read("file"), own.has("file")) == (None, False)


def test_what_is_no_file_is_not_read_and_does_not_hang(own: OwnDirectory) -> None:
    os.mkfifo(own.path / "pipe")
    (own.path / "folder").mkdir()
    assert [own.read(name) for name in ("pipe", "folder", "absent")] == [None] * 3
    assert not any(own.has(name) for name in ("pipe", "folder", "absent"))


def test_a_write_that_fails_leaves_nothing_behind(own: OwnDirectory) -> None:
    (own.path / "file").mkdir()
    own.write("file", b"content")
    assert os.listdir(own.path) == ["file"]


@pytest.mark.usefixtures("_afresh")
def test_a_directory_that_was_named_is_the_only_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASSAY_CACHE_DIR", str(tmp_path / "file"))
    with pytest.warns(AssayWarning, match="^nothing is kept between runs: .*file cannot be used"):
        assert kept_directory() is None


@pytest.mark.usefixtures("_afresh")
def test_without_a_home_one_directory_beside_the_temporary_files_serves_all_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ASSAY_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for _ in range(2):
        kept_directory.cache_clear()
        kept = kept_directory()
        assert kept is not None
        assert kept.path == tmp_path / f"assay-{os.geteuid()}"


@pytest.mark.usefixtures("_afresh")
def test_what_the_settings_of_the_desktop_name_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = kept_directory()
    assert kept is not None
    assert kept.path == tmp_path / "assay"
