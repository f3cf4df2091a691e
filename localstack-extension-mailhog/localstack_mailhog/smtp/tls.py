"""A certificate for STARTTLS, made when it is first asked for."""

import datetime
import ssl
import tempfile
import threading
from pathlib import Path


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
        path.write_bytes(_certificate_and_key(hostname))
        context.load_cert_chain(path)
    return context


def _certificate_and_key(hostname: str) -> bytes:
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
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
