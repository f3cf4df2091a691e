"""The certificate that clients are shown: one that was given, or a self-signed one, made when it is first asked for."""

import datetime
import ssl
import tempfile
import threading
from pathlib import Path
from typing import Protocol

from localstack_shared.errors import CannotStart


class Certificate(Protocol):
    """A certificate with its key."""

    def context(self) -> ssl.SSLContext:
        """The TLS context that shows it. May block for a while.

        :raises OSError: where the certificate cannot be loaded
        """


class GivenCertificate:
    """A certificate from files.

    :param certificate: with its chain, as PEM
    :param key: as PEM; none where it is in the same file
    :raises UnusableCertificate: where they cannot be used, or not together
    """

    def __init__(self, certificate: Path, key: Path | None) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            # A password is asked for at the terminal otherwise.
            self._context.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError) as error:
            raise UnusableCertificate(certificate, key, error) from None

    def context(self) -> ssl.SSLContext:
        """The context, which is there already."""
        return self._context


class UnusableCertificate(CannotStart):
    """A certificate or its key cannot be used; the message names the settings."""

    def __init__(self, certificate: Path, key: Path | None, cause: Exception) -> None:
        super().__init__(
            f"MH_SMTP_TLS_CERT_FILE={str(certificate)!r} cannot be used with the key in"
            f" {str(key or certificate)!r} (MH_SMTP_TLS_KEY_FILE): {cause}"
        )


def chosen_certificate(hostname: str, certificate: Path | None, key: Path | None) -> Certificate:
    """The certificate that was given, or a self-signed one.

    :raises UnusableCertificate: where the given one cannot be used
    """
    return SelfSigned(hostname) if certificate is None else GivenCertificate(certificate, key)


class SelfSigned:
    """A self-signed certificate of this process, and the TLS context that shows it.

    :param hostname: the name in it
    """

    def __init__(self, hostname: str) -> None:
        self._hostname = hostname
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The context, made at the first call: some 10 ms, and 100 ms more where ``cryptography`` is not loaded yet.

        :raises OSError: where the certificate cannot be written for OpenSSL to read
        """
        with self._lock:
            if self._context is None:
                self._context = _context(self._hostname)
            return self._context


def _context(hostname: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="localstack-mailhog-") as folder:
        path = Path(folder, "certificate.pem")  # only files can be loaded; the folder is private
        path.write_bytes(b"".join(self_signed(hostname)))
        context.load_cert_chain(path)
    return context


def self_signed(hostname: str) -> tuple[bytes, bytes]:
    """A certificate for *hostname* and ``localhost``, and its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    # An elliptic curve's key is made in a millisecond, an RSA key of the same strength in hundreds.
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hostname[:64])])
    names: list[x509.GeneralName] = [x509.DNSName(hostname), x509.DNSName("localhost")]
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
