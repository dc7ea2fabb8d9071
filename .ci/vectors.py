# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every verifier on every case of fixtures/vectors: vectors.py COPYHOLD NODE_MODULES [--write]

Copyhold and the Python verifier see the whole record. The others see the one envelope the case names, and
its key. Each must say what the case's `expect` says; `--write` puts there what they say instead.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
from sigstore.dsse import Statement as SigstoreStatement

HERE = Path(__file__).resolve().parent.parent
NOW = "2026-11-22T12:00:00Z"
NAMESPACES = {"root": "root@copyhold", "manifest": "manifest@copyhold", "statements": "statement@copyhold"}


def accepts(call):
    try:
        return "reject" if call() is False else "accept"
    except Exception:  # noqa: BLE001  (whatever another's library raises, it has not accepted)
        return "reject"


def run(*command, **more):
    return subprocess.run([str(part) for part in command], capture_output=True, **more)


def entry(bundle, name):
    """The one file of this name in a bundle; None where there are none or more."""
    found, at = [], 0
    while len(bundle) >= at + 512 and bundle[at]:
        size = int(bundle[at + 124 : at + 135], 8)
        if bundle[at : at + 100].rstrip(b"\0").decode() == name:
            found.append(bundle[at + 512 : at + 512 + size])
        at += 512 + size + -size % 512
    return found[0] if len(found) == 1 else None


def single(case, name, data, temp, sigstore):
    """What they say who see the one envelope; `sigstore` collects what Node is to look at."""
    said = dict.fromkeys(["openssl", "ssh-keygen", "securesystemslib", "in-toto-attestation", "sigstore-python", "@sigstore/verify"], "cannot-read")
    try:
        envelope = json.loads(data)
        kind, payload = envelope["payloadType"], base64.b64decode(envelope["payload"])
        pem, signers = case / "key.pem", case / "allowed_signers"
        own = hashlib.sha256(base64.b64decode(pem.read_text().splitlines()[1])).hexdigest() if pem.exists() else None
        # The one by the key at hand, among several.
        signature = next((one for one in envelope["signatures"] if one["keyid"] == own), envelope["signatures"][0])
    except (ValueError, KeyError, IndexError, TypeError):
        return said
    (temp / "pae").write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload))
    (temp / "sig").write_bytes(base64.b64decode(signature["sig"]))
    if pem.exists():
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pem, "-rawin", "-in", temp / "pae", "-sigfile", temp / "sig"]
        said["openssl"] = "reject" if run(*command).returncode else "accept"

        def securesystemslib():
            key = SSlibKey.from_crypto(load_pem_public_key(pem.read_bytes()))
            key.keyid = signature["keyid"]
            return Envelope.from_dict(json.loads(data)).verify([key], 1)

        said["securesystemslib"] = accepts(securesystemslib)
        material = {"publicKey": {"hint": signature["keyid"]}, "tlogEntries": []}
        bundle = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": material}
        file = temp / f"{case.name}.json"
        file.write_text(json.dumps({**bundle, "dsseEnvelope": {**envelope, "signatures": [signature]}}))
        sigstore[case.name] = (file, pem)
    else:
        command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "signer", "-n", NAMESPACES[name.split("/")[0]], "-s", temp / "sig"]
        said["ssh-keygen"] = "reject" if run(*command, input=(temp / "pae").read_bytes()).returncode else "accept"
    if name.split("/")[0] != "root":
        model = lambda: Statement.copy_from_pb(json_format.Parse(payload, statement_pb2.Statement())).validate()  # noqa: E731
        said["in-toto-attestation"] = accepts(model)
        said["sigstore-python"] = accepts(lambda: SigstoreStatement(payload))
    return said


def main(copyhold, modules, write):
    sigstore, said, wrong = {}, {}, []
    cases = sorted(path.parent for path in (HERE / "fixtures/vectors").glob("*/expect"))
    with tempfile.TemporaryDirectory() as temp:
        temp = Path(temp)
        for case in cases:
            lines = dict(line.split(": ", 1) for line in (case / "expect").read_text().splitlines())
            args = lines.get("args", "").split()
            record = case / "record.copyhold"
            command = [copyhold, "--now", NOW, "verify", ".", "--upstream", record.name, *args]
            code = run(*command, cwd=case).returncode
            ours = {0: "accept", 1: "reject", 2: "reject"}.get(code, f"ended with {code}")
            fresh = [NOW] if "--fresh" in args else []
            second = run(sys.executable, HERE / "tests/verifier/verify.py", record, case / "copyhold.lock", *fresh)
            python = {0: "accept", 1: "reject"}[second.returncode]
            if b"refused: " not in second.stderr and python == "reject":
                python = "ended by an error of its own"
            envelope = entry(record.read_bytes(), lines["envelope"])
            if python != lines["python"]:
                print(f"{case.name}: python: {second.stderr.decode()}", file=sys.stderr)
            said[case.name] = {"copyhold": ours, "python": python, **single(case, lines["envelope"], envelope, temp, sigstore)}
            must = "reject" if case.name.endswith("_fail") else "accept"
            wrong += [f"{case.name}: {who} says {says}" for who, says in [("copyhold", ours), ("python", python)] if says != must]
        node = run("node", Path(modules) / "foreign.mjs", *[path for pair in sigstore.values() for path in pair])
        for name, verdict in zip(sigstore, node.stdout.decode().split(), strict=True):
            said[name]["@sigstore/verify"] = verdict
    for case in cases:
        lines = [line.split(": ", 1) for line in (case / "expect").read_text().splitlines()]
        about = [f"{key}: {value}" for key, value in lines if key in ("about", "row", "envelope", "args")]
        found = [f"{who}: {says}" for who, says in said[case.name].items()]
        if write:
            (case / "expect").write_text("\n".join([*about, *found, ""]))
        elif [f"{key}: {value}" for key, value in lines] != [*about, *found]:
            wrong.append(f"{case.name}: expected {dict(lines)}, found {said[case.name]}")
    if wrong:
        sys.exit("\n".join(["FAILED:", *wrong]))
    print(f"holds    {len(cases)} vectors, by all verifiers")


main(*sys.argv[1:3], "--write" in sys.argv)
