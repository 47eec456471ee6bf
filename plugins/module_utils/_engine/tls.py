# Copyright (c) 2026 swarm.rollout contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS trouble in one sentence, each naming the option that mends it."""

from __future__ import annotations

from typing import Iterable

from .options import ConnectionOptions

# OpenSSL's verification results (x509_vfy.h) and Python's words for a name that does not match.
_NOT_YET_VALID, _EXPIRED = 9, 10
_UNTRUSTED = (2, 18, 19, 20, 21)
_MISMATCH = 62
_IP_MISMATCH = 64


def tls_sentence(host: str, options: ConnectionOptions, chain: Iterable[BaseException]) -> str | None:
    """The sentence for the first TLS error of a chain of exceptions; None if there is none."""
    import ssl

    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return _certificate(host, options, link.verify_code, link.verify_message)
        if type(link).__name__ == "CertificateError":
            return _certificate(host, options, _MISMATCH, str(link))
        if isinstance(link, ssl.SSLError) and not isinstance(link, ssl.SSLEOFError):
            found = _handshake(host, options, (getattr(link, "reason", None) or str(link)).upper().replace(" ", "_"))
            if found:
                return found
        if isinstance(link, OSError) and "invalid path" in str(link):
            return _file_sentence(options, str(link))
    return None


def _certificate(host: str, options: ConnectionOptions, code: int, message: str) -> str:
    """For a certificate of the Engine that does not pass `validate_certs`."""
    if code == _EXPIRED:
        return "validate_certs: the certificate of %s has expired; renew it, or mend the clock here" % host
    if code == _NOT_YET_VALID:
        return "validate_certs: the certificate of %s is not valid yet; check the clocks" % host
    if code in (_MISMATCH, _IP_MISMATCH):
        return (
            "validate_certs: the certificate of %s is for another name (%s); set tls_hostname to a name that "
            "stands in it" % (host, message.rstrip(".") or "mismatch")
        )
    if code in _UNTRUSTED:
        source = "ca_path %s" % options.ca_path if options.ca_path else "the system's authorities"
        advice = "give the right authority" if options.ca_path else "set ca_path to the authority that signed it"
        return "validate_certs: the certificate of %s is not signed by %s; %s" % (host, source, advice)
    return "validate_certs: the certificate of %s is refused: %s" % (host, message)


def _handshake(host: str, options: ConnectionOptions, reason: str) -> str | None:
    """For an alert or a handshake that fails; `reason` is OpenSSL's, in capitals."""
    if any(word in reason for word in ("WRONG_VERSION_NUMBER", "RECORD_LAYER", "UNKNOWN_PROTOCOL")):
        return "%s does not speak TLS on this port: leave validate_certs and tls out, or give its TLS port" % host
    if "KEY_VALUES_MISMATCH" in reason:
        return "client_key %s does not belong to client_cert %s" % (options.client_key, options.client_cert)
    if "PEM" in reason or "NO_START_LINE" in reason or "NOT_ENOUGH_DATA" in reason:
        return "client_cert %s or client_key %s is not a PEM file" % (options.client_cert, options.client_key)
    if "NO_CERTIFICATE" in reason and "FOUND" in reason:
        return "ca_path %s holds no certificate in PEM form" % options.ca_path
    alerted = "ALERT" in reason
    if alerted and not options.client_cert:
        return "%s wants a client certificate: set client_cert and client_key" % host
    if alerted:
        return "%s does not accept the client certificate %s (%s): use one that its authority signed" % (
            host,
            options.client_cert,
            reason.lower(),
        )
    return None


def _file_sentence(options: ConnectionOptions, text: str) -> str:
    for option in ("ca_path", "client_cert", "client_key"):
        path = getattr(options, option)
        if path and path in text:
            return "%s: there is no file %s that this user may read" % (option, path)
    return text
