"""Data sets: from a folder or the net, checked, and nothing half-written."""

import hashlib
import http.server
import logging
import threading

import pytest

from ontogeny.disk.downloads import fetch
from ontogeny.errors import InputError

DATA = b"the data" * 1000
SUM = hashlib.sha256(DATA).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "set" / "a.txt"


@pytest.fixture
def local(tmp_path):
    path = tmp_path / "local.txt"
    path.write_bytes(DATA)
    return path


@pytest.fixture
def server(monkeypatch):
    """A web server here; `answers` are given one after another, the last again."""
    answers, asked = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, body, length = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        httpd.url = f"http://127.0.0.1:{httpd.server_port}/a.txt"
        httpd.answers, httpd.asked = answers, asked
        yield httpd
        httpd.shutdown()


def left(target):
    return [p.name for p in target.parent.iterdir()] if target.parent.exists() else []


def test_a_file_without_a_url_is_on_this_machine_or_told(target, local):
    with pytest.raises(InputError, match=r"a\.txt has no url in .*set data_dir"):
        fetch(None, target, sha256=SUM, licence="x")
    assert not list(target.parent.iterdir())
    fetch(None, target, sha256=SUM, licence="x", local=local)
    assert target.read_bytes() == DATA


def test_a_local_copy_is_taken_and_its_licence_shown(target, local, caplog):
    with caplog.at_level(logging.INFO):
        fetch("http://unused.invalid", target, sha256=SUM, licence="CC0", local=local)
    assert target.read_bytes() == DATA
    assert left(target) == ["a.txt"]
    assert "licence CC0" in caplog.text


def test_a_missing_local_copy_is_named(target, tmp_path):
    with pytest.raises(InputError, match=r"absent\.txt cannot be read.*data_dir"):
        fetch("", target, sha256=SUM, licence="", local=tmp_path / "absent.txt")
    assert left(target) == []


def test_a_wrong_checksum_names_both_and_leaves_nothing(target, local):
    with pytest.raises(InputError) as error:
        fetch("", target, sha256=OTHER, licence="", local=local)
    assert SUM in str(error.value)
    assert OTHER in str(error.value)
    assert str(local) in str(error.value)
    assert left(target) == []


def test_a_wrong_checksum_leaves_what_was_there(target, local):
    target.parent.mkdir(parents=True)
    target.write_text("old")
    with pytest.raises(InputError):
        fetch("", target, sha256=OTHER, licence="", local=local)
    assert target.read_text() == "old"


def test_a_file_is_downloaded(target, server):
    server.answers.append((200, DATA, len(DATA)))
    fetch(server.url, target, sha256=SUM, licence="CC0")
    assert target.read_bytes() == DATA
    assert left(target) == ["a.txt"]
    assert server.asked == ["/a.txt"]


@pytest.mark.parametrize(
    "first", [(503, b"busy", 4), (200, DATA[:100], len(DATA))], ids=["busy", "cut"]
)
def test_a_failed_attempt_is_repeated(target, server, first):
    server.answers += [first, (200, DATA, len(DATA))]
    fetch(server.url, target, sha256=SUM, licence="")
    assert target.read_bytes() == DATA
    assert len(server.asked) == 2


def test_a_download_that_keeps_failing_is_told(target, server):
    server.answers.append((404, b"", 0))
    with pytest.raises(InputError, match=r"a\.txt could not be downloaded .*data_dir"):
        fetch(server.url, target, sha256=SUM, licence="")
    assert left(target) == []
    assert len(server.asked) == 3


def test_a_download_of_another_file_is_told(target, server):
    server.answers.append((200, b"other", 5))
    with pytest.raises(InputError, match=f"{OTHER}, expected {SUM}"):
        fetch(server.url, target, sha256=SUM, licence="")
    assert left(target) == []


def test_what_a_killed_job_left_is_not_taken_for_the_download(target, server):
    target.parent.mkdir(parents=True)
    (target.parent / ".a.txt.tmp").write_text("half")
    server.answers.append((200, DATA, len(DATA)))
    fetch(server.url, target, sha256=SUM, licence="")
    assert target.read_bytes() == DATA


def test_an_address_of_no_known_kind_is_told(target):
    with pytest.raises(InputError, match="nonsense could not be downloaded"):
        fetch("nonsense", target, sha256=SUM, licence="")


def test_no_secret_of_a_url_is_told(target):
    url = "http://user:S3CRET@127.0.0.1:1/x?token=S3CRET"
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:1/x could not") as told:
        fetch(url, target, sha256=SUM, licence="")
    assert "S3CRET" not in str(told.value)


@pytest.mark.parametrize("length", [len(DATA), 10**12])
def test_a_download_that_is_too_large_is_broken_off_at_once(server, target, length):
    server.answers.append((200, DATA, length))
    with pytest.raises(InputError, match=r"larger than the 1e-06 GB .*`bytes` in"):
        fetch(server.url, target, sha256=SUM, licence="", most_bytes=1000)
    assert len(server.asked) == 1
    assert left(target) == []


def test_a_download_that_was_cut_begins_anew(server, target, capfd):
    server.answers += [(200, DATA[:6000], len(DATA)), (200, DATA, len(DATA))]
    url = server.url.replace("http://", "http://me:S3CRET@") + "?token=S3CRET"
    fetch(url, target, sha256=SUM, licence="", most_bytes=len(DATA))
    assert target.read_bytes() == DATA
    assert len(server.asked) == 2
    assert "S3CRET" not in "".join(capfd.readouterr())


def test_a_download_within_its_limit_is_taken(server, target):
    server.answers.append((200, DATA, len(DATA)))
    fetch(server.url, target, sha256=SUM, licence="", most_bytes=len(DATA))
    assert target.read_bytes() == DATA


def test_a_download_that_takes_too_long_is_broken_off(server, target, monkeypatch):
    monkeypatch.setattr("ontogeny.disk.downloads.MOST_SECONDS", -1)
    server.answers.append((200, DATA, len(DATA)))
    with pytest.raises(InputError, match=r"after -0\.000278 hours: download it"):
        fetch(server.url, target, sha256=SUM, licence="")
    assert left(target) == []
