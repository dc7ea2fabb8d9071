# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python's tools on what copyhold wrote: foreign.py SCHEMAS PROJECT REPORTS SCHEME PUBLIC.pem SVR"""

import base64
import hashlib
import json
import sys
import tomllib
from pathlib import Path

import jsonschema
import rfc8785
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1 import statement_pb2
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from sigstore.dsse import Statement as SigstoreStatement

schemas, project, reports, scheme, public, result = map(Path, sys.argv[1:])
scheme = str(scheme)


def holds(what, truth):
    if not truth:
        sys.exit(f"FAILED: {what}")
    print(f"holds    {what}")


def refused(what, error, call):
    try:
        call()
    except error:
        print(f"refused  {what}")
    else:
        sys.exit(f"FAILED: {what}")


def validate(name, document):
    schema = json.loads((schemas / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    holds(f"jsonschema: {name}", True)


def merkle_root(lines):
    """RFC 9162, section 2.1.1."""
    if len(lines) == 1:
        return hashlib.sha256(b"\0" + lines[0]).digest()
    k = 1
    while 2 * k < len(lines):
        k *= 2
    return hashlib.sha256(b"\1" + merkle_root(lines[:k]) + merkle_root(lines[k:])).digest()


def dsse(name, document, key):
    """An OpenSSH signature is none that securesystemslib knows; it must refuse it then."""
    envelope = Envelope.from_dict(json.loads(json.dumps(document)))
    if scheme != "ed25519":
        refused(f"securesystemslib: {name}, signed by OpenSSH", VerificationError, lambda: envelope.verify([key], 1))
        return
    holds(f"securesystemslib: {name}", envelope.verify([key], 1))
    spoilt = Envelope.from_dict(json.loads(json.dumps(document)))
    spoilt.payload = spoilt.payload.replace(b"2026-11-", b"2026-10-")
    refused(f"securesystemslib: {name} with other bytes", VerificationError, lambda: spoilt.verify([key], 1))


store = project / ".copyhold"
key = SSlibKey.from_crypto(load_pem_public_key(public.read_bytes()))
payloads = {}
for kind, path in [
    ("root", store / "root/1.root.dsse.json"),
    ("manifest", store / "manifest/1.manifest.intoto.json"),
    ("svr", result),
    *(("contribution", path) for path in sorted((store / "statements").iterdir())),
]:
    document = json.loads(path.read_bytes())
    validate("envelope", document)
    key.keyid = document["signatures"][0]["keyid"]
    dsse(kind, document, key)
    payload = base64.b64decode(document["payload"])
    payloads[kind] = json.loads(payload)
    holds(f"rfc8785: {kind}", rfc8785.dumps(payloads[kind]) == payload)
    validate(kind, payloads[kind])
    if kind != "root":
        Statement.copy_from_pb(json_format.Parse(payload, statement_pb2.Statement())).validate()
        holds(f"in-toto-attestation: {kind}", True)
        SigstoreStatement(payload)
        holds(f"sigstore-python: {kind}", True)
        nameless = json.loads(payload)
        del nameless["subject"][0]["digest"]
        refused(
            f"in-toto-attestation: {kind} without a digest",
            ValueError,
            lambda: Statement.copy_from_pb(json_format.ParseDict(nameless, statement_pb2.Statement())).validate(),
        )

svr = payloads["svr"]["predicate"]["properties"]
holds("svr: what passed", {"COPYHOLD_PASSED", "COPYHOLD_CHAIN_SIGNED", "COPYHOLD_DUTIES"} <= set(svr))

if scheme == "ed25519":
    spki = base64.b64decode("".join(public.read_text().splitlines()[1:-1]))
    holds("hashlib: the key id is the SHA-256 of the public key", key.keyid == hashlib.sha256(spki).hexdigest())

lines = (store / "manifest/1.leaves.jsonl").read_bytes().splitlines()
holds("rfc8785: leaves", all(rfc8785.dumps(json.loads(line)) == line for line in lines))
for line in lines:
    jsonschema.Draft202012Validator(json.loads((schemas / "leaf.json").read_text())).validate(json.loads(line))
holds("jsonschema: leaves", True)
tree = payloads["manifest"]["predicate"]["tree"]
holds("RFC 9162 in Python: the Merkle root", merkle_root(lines).hex() == tree["root"] and len(lines) == tree["size"])
holds(
    "RFC 9162 in Python: another line, another root",
    merkle_root([lines[0] + b" ", *lines[1:]]).hex() != tree["root"],
)

validate("config", tomllib.loads((project / "copyhold.toml").read_text()))
for report in sorted(reports.glob("*.json")):
    validate(report.stem, json.loads(report.read_text()))
