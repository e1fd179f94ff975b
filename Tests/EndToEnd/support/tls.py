"""Certificates: those that the hub's own authority makes, and those that openssl makes for strangers."""

import hashlib
import re
import socket
import ssl
import subprocess
from pathlib import Path

from support.accounts import Closed, counter
from support.server import run
from support.settings import CERTIFICATE, HTTPS, KEY, MQTTS


def openssl(*arguments, timeout=20, **options):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **options)


def port_of(text):
    return int(text.rsplit(":", 1)[1].rstrip("/"))


class Authority:
    """A certificate authority by openssl that the hub does not know, or that knows no bounds: it makes whatever is asked."""

    def __init__(self, folder, name="A stranger's CA", key=None, certificate=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        if key:
            self.key, self.certificate = key, certificate
            return
        self.key, self.certificate = self.folder / "ca.key", self.folder / "ca.pem"
        done = openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self.key, "-out",
            self.certificate, "-days", "30", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
        )
        assert done.returncode == 0, done.stderr

    def issue(self, name, usage="clientAuth", names=None, start=None, end=None):
        """(certificate, key) files; `start` and `end` as YYYYMMDDHHMMSSZ."""
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        done = openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", request,
            "-subj", f"/CN={name}",
        )
        assert done.returncode == 0, done.stderr
        extensions = self.folder / f"{name}.ext"
        names = names or f"DNS:{name.replace('_', '-')}"
        extensions.write_text(f"extendedKeyUsage={usage}\nsubjectAltName={names}\nbasicConstraints=CA:FALSE\n")
        index, serial, settings = self.folder / "index.txt", self.folder / "serial", self.folder / "ca.cnf"
        if not index.exists():
            index.touch()
            serial.write_text("1001\n")
            settings.write_text(
                "[ca]\ndefault_ca=d\n[d]\n"
                f"database={index}\nserial={serial}\nnew_certs_dir={self.folder}\nunique_subject=no\n"
                "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
            )
        dates = ["-startdate", start, "-enddate", end] if start else ["-days", "10"]
        done = openssl(
            "ca", "-batch", "-config", settings, "-in", request, "-out", certificate, "-cert", self.certificate, "-keyfile", self.key,
            "-extfile", extensions, "-notext", *dates,
        )
        assert done.returncode == 0, done.stderr
        return certificate, key


class Secured(Closed):
    """A closed hub with TLS on doors of their own, a development certificate, and an authority for its devices."""

    def __init__(self, data, log, arguments=(), **options):
        super().__init__(data, log, arguments, **options)
        self.certificate_folder = self.data.parent / f"{self.data.name}-certificates"
        self.root, self.certificate, self.key = (self.certificate_folder / name for name in ("ca.pem", "server.pem", "server.key"))

    def start(self, seconds=20):
        if not self.certificate_folder.exists():
            self.make_certificate()
        if HTTPS not in self.arguments:
            self.arguments += [
                HTTPS, "127.0.0.1:0", MQTTS, "127.0.0.1:0", CERTIFICATE, str(self.certificate), KEY, str(self.key),
            ]
        super().start(seconds)
        self.https_port, self.mqtts_port = port_of(self.ready["https"]), port_of(self.ready["mqtts"])
        return self

    def make_certificate(self):
        """`martlet cert dev` for the hub, `martlet ca init` for its devices."""
        for arguments in (["cert", "dev", "--out", self.certificate_folder], ["ca", "init"]):
            done = run(*arguments, "--data", self.data)
            assert done.returncode == 0, done

    def issue(self, device):
        """`martlet ca issue`: (certificate, key) files for a device."""
        folder = self.certificate_folder / f"{device}-{next(counter)}"
        done = run("ca", "issue", device, "--data", self.data, "--out", folder)
        assert done.returncode == 0, done
        key = folder / f"{device}.key"
        assert key.stat().st_mode & 0o077 == 0, "a private key is for its owner only"
        return folder / f"{device}.pem", key

    def context(self, certificate=None, key=None, root=None):
        """A client's TLS: it checks the server against the hub's authority, and shows a certificate if it has one."""
        context = ssl.create_default_context(cafile=str(root or self.root))
        if certificate:
            context.load_cert_chain(str(certificate), str(key))
        return context


def fingerprint(port):
    """SHA-256 of the certificate that a door shows now."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, context.wrap_socket(plain) as secured:
        return hashlib.sha256(secured.getpeercert(binary_form=True)).hexdigest()


def serial_of(certificate):
    told = openssl("x509", "-in", certificate, "-noout", "-serial")
    return re.search(r"serial=([0-9A-F]+)", told.stdout)[1]
