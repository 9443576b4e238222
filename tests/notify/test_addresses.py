"""Row 15 of the threats: whatever its spelling, no machine inside is called."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from collateral.errors import Invalid
from collateral.notify.addresses import Number, may_reach, parse
from collateral.notify.reaching import NotReached, post
from tests.notify.receiving import receiving

LOCAL = [ip_network("127.0.0.1/32")]

# 169.254.169.254, where clouds keep their machines' secrets, and this machine itself.
SPELLINGS = [
    "http://169.254.169.254/",
    "http://169.254.169.254:80/latest/meta-data",
    "http://169.254.169.254./",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://0251.0376.0251.0376/",
    "http://0251.254.169.254/",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://169.254.169.0xfe/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "http://[::169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://１６９.254.169.254/",
    "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/",
    "http://169。254。169。254/",
    "http://%31%36%39.254.169.254/",
    "http://hooks.example.com@169.254.169.254/",
    "http://169.254.169.254@hooks.example.com/",
    "http://169.254.169.254#@hooks.example.com/",
    "http://hooks.example.com\\@169.254.169.254/",
    "http://169.254.169.254\t/",
    "http://169.254.\n169.254/",
    " http://169.254.169.254/",
    "http:169.254.169.254/",
    "http:///169.254.169.254/",
    "//169.254.169.254/",
    "HTTP://169.254.169.254/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://192.168.0.1/",
    "http://172.16.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "https://hooks.example.com:22/",
    "https://hooks.example.com:6379/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:99999/",
    "https://hooks.example.com/" + "a" * 500,
]
INSIDE = [
    "127.0.0.1", "169.254.169.254", "10.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1", "fd00::1", "0.0.0.0", "100.100.100.200",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_t15_no_spelling_of_a_machine_inside_is_taken(spelling: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(spelling)
    assert set(refused.value.fields) == {"address"}


@pytest.mark.parametrize("number", INSIDE)
def test_t15_a_name_that_leads_inside_is_not_called_even_beside_a_public_number(
    number: str,
) -> None:
    """A canary listens on the very port: it hears nothing."""
    assert not may_reach(ip_address(number), 80)
    with receiving() as canary:
        place = parse(f"http://hooks.example.com:{canary.port}/", LOCAL)
        for numbers in ([number], ["93.184.216.34", number]):
            with pytest.raises(NotReached):
                post(place, b"{}", {}, resolve=lambda *_a, n=numbers: [ip_address(e) for e in n])
    assert canary.got == []


def test_t15_a_name_that_changes_its_mind_is_asked_once_and_what_it_said_is_dialled() -> None:
    """First the receiver that may be reached, then something else: only the first is dialled,
    and the name itself stands in the head alone."""
    asked: list[str] = []

    def flips(host: str, _port: int) -> list[Number]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "169.254.169.254")]

    with receiving() as receiver:
        place = parse(f"http://hooks.example.com:{receiver.port}/x?y=1", LOCAL)
        assert post(place, b"{}", {}, allowed=LOCAL, resolve=flips) == 204
        [(heads, body)] = receiver.got
    assert asked == ["hooks.example.com"]
    assert heads["host"] == f"hooks.example.com:{receiver.port}"
    assert (receiver.paths, body) == (["/x?y=1"], b"{}")


def test_t15_only_80_and_443_are_dialled_unless_the_network_is_allowed() -> None:
    public, ours = ip_address("93.184.216.34"), ip_address("10.1.2.3")
    allowed = [ip_network("10.1.0.0/16")]
    assert may_reach(public, 443)
    assert may_reach(public, 80)
    assert not may_reach(public, 8080, allowed)
    assert may_reach(ours, 8080, allowed)
    assert not may_reach(ours, 443)
    assert parse("https://hooks.example.com").target == "/"
    assert parse("https://[2606:4700::1111]/a").named == "[2606:4700::1111]"


def test_t15_a_redirect_is_an_answer_and_not_followed() -> None:
    with receiving() as receiver:
        receiver.answers = [302]
        assert post(parse(receiver.address, LOCAL), b"{}", {}, allowed=LOCAL) == 302
    assert len(receiver.got) == 1


def test_who_does_not_answer_or_speaks_no_http_is_told_apart_from_who_does() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def babble() -> None:
            connected, _ = rude.accept()
            with connected:
                connected.recv(65536)
                connected.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        place = parse(f"http://127.0.0.1:{rude.getsockname()[1]}/", LOCAL)
        with pytest.raises(NotReached, match="no answer in time"):
            post(place, b"{}", {}, allowed=LOCAL)
        thread.join()
    with pytest.raises(NotReached, match="Nobody answers"):
        post(place, b"{}", {}, allowed=LOCAL)


def test_the_certificate_is_judged_under_its_name_though_a_number_is_dialled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = _certificate("hooks.example.com", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            for _each in range(2):
                connected, _ = server.accept()
                try:
                    with context.wrap_socket(connected, server_side=True) as encrypted:
                        if encrypted.recv(65536):
                            encrypted.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                except (ssl.SSLError, ConnectionError):
                    connected.close()

        thread = threading.Thread(target=answer)
        thread.start()
        port = server.getsockname()[1]
        for host, trusted in (("hooks.example.com", True), ("other.example.com", False)):
            place = parse(f"https://{host}:{port}/", LOCAL)
            said = {"allowed": LOCAL, "resolve": lambda *_a: [ip_address("127.0.0.1")]}
            if trusted:
                assert post(place, b"{}", {}, **said) == 200
            else:
                with pytest.raises(NotReached, match="certificate"):
                    post(place, b"{}", {}, **said)
        thread.join()


def _certificate(name: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private
