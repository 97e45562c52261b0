# SPDX-License-Identifier: Apache-2.0
"""What the daemon says of its own configuration: an alert for what is not in force, until all is."""

import os
import pathlib

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from sinks import FakeSink


@pytest.fixture
def folder():
    with public_folder() as made:
        os.chmod(made, 0o777)  # the daemon is nobody
        yield pathlib.Path(made)


@pytest.fixture
def daemon(binary, slow, folder):
    d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, {}, slow)
    yield d
    d.stop()


def hook(sink, **more):
    return {"name": "hook", "type": "webhook", "url": [sink.url], **more}


def telling(status):
    def found(sink):
        return [a for a in sink.taken if a["alertname"] == "ConfigurationInvalid" and a["status"] == status]

    return found


def test_a_reload_whose_sinks_cannot_be_made_is_told_to_the_old_ones(daemon, folder):
    daemon.expected = ["the sinks of alerts stay as before"]
    with FakeSink() as sink:
        daemon.conf["sinks"] = [hook(sink)]
        daemon.write()
        daemon.start()
        token = folder / "token"
        token.write_text("no token has a blank\n")
        daemon.conf["sinks"] = [hook(sink, bearer_token_file=str(token))]
        daemon.write()
        daemon.post("/v1/reload")
        one = sink.wait("alert", telling("firing"))[0]
        assert "the sinks of alerts stay as before" in one["annotations"]["summary"]
        assert str(token) in one["annotations"]["summary"]
        token.write_text("secret\n")
        daemon.post("/v1/reload")
        sink.wait("end", telling("resolved"))
        assert sink.received[-1].headers["authorization"] == "Bearer secret"


def test_a_refused_reload_is_over_with_the_next_start(daemon):
    daemon.expected = ["the configuration was not reloaded"]
    with FakeSink() as sink:
        daemon.conf["sinks"] = [hook(sink)]
        daemon.write()
        daemon.start()
        daemon.conf["probe"] = {"interval": "soon"}
        daemon.write()
        daemon.post("/v1/reload")
        one = sink.wait("alert", telling("firing"))[0]
        assert "the configuration was refused, the old one is in force" in one["annotations"]["summary"]
        assert "probe.interval" in one["annotations"]["summary"]
        daemon.stop()
        del daemon.conf["probe"]
        daemon.write()
        daemon.start()
        sink.wait("end", telling("resolved"))
