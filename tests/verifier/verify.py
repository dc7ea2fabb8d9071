# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A second reader of copyhold's records, written from the documents and not from the Rust code.

    verify.py BUNDLE|.copyhold [FINGERPRINT]

It checks all that a record can show without its works: the chain of roots and its thresholds, the newest
manifest and the ones before it, leaves, their Merkle root and dirHash, every accepted statement, every
notice. Exit: 0 verified, 1 refused (and why). Needs Python 3.11 and `cryptography`.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from ed25519_points import is_strict

IN_TOTO, ROOT = "application/vnd.in-toto+json", "application/vnd.copyhold.root+json"
STATEMENT = "https://in-toto.io/Statement/v1"
TYPES = "https://w3id.org/copyhold/"
SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, section 4
ROLES = {"root", "manifest", "licenseChange"}
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Refused(Exception):
    pass


def need(truth, why):
    if not truth:
        raise Refused(why)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# --- canonical JSON (RFC 8785, integers only)


def unique(pairs):
    need(len(dict(pairs)) == len(pairs), "a key stands twice")
    return dict(pairs)


def no_float(text):
    raise Refused(f"{text} is no integer")


def depth(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


def ordered(value):
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    return [ordered(one) for one in value] if isinstance(value, list) else value


def canonical(data):
    """Reads a document whose bytes are its one spelling."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=unique, parse_float=no_float, parse_constant=no_float)
        spelled = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise Refused(f"no JSON: {error}") from error
    need(spelled == data, "not in canonical form")
    need(depth(value) <= 32, "nested too deep")
    need(all(abs(int(n)) < 2**53 for n in re.findall(rb"(?<=[:,\[])-?\d+(?=[,}\]])", data)), "too large a number")
    return value


def fields(document, required, optional=()):
    need(isinstance(document, dict), "not an object")
    need(set(required) <= set(document) <= {*required, *optional}, f"fields {sorted(document)}")


# --- keys and signatures


def first(data):
    """Splits a length-prefixed string of SSH (RFC 4251, section 5) off."""
    length = int.from_bytes(data[:4], "big")
    need(len(data) >= 4 + length, "cut off")
    return data[4 : 4 + length], data[4 + length :]


def strings(data):
    found = []
    while data:
        one, data = first(data)
        found.append(one)
    return found


def string(data):
    return len(data).to_bytes(4, "big") + data


def unbase64(text):
    """Reads base64 in its one spelling."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 in another spelling")
    return data


class Key:
    """A key with the one way it signs."""

    def __init__(self, wire):
        fields(wire, ["scheme", "public"])
        self.scheme, text = wire["scheme"], wire["public"]
        if self.scheme == "ed25519":
            spki = unbase64(text)
            need(spki.startswith(SPKI), "not an ed25519 key")
            self.point, self.id = spki[len(SPKI) :], sha256(spki)
            self.blob = string(b"ssh-ed25519") + string(self.point)
        else:
            kind, data = text.split(" ")
            self.blob = unbase64(data)
            parts = strings(self.blob)
            expected = {"sshsig-ed25519": "ssh-ed25519", "sshsig-sk-ed25519": "sk-ssh-ed25519@openssh.com"}
            need(expected.get(self.scheme) == kind == parts[0].decode(), "a key of another scheme")
            need(len(parts) == (2 if kind == "ssh-ed25519" else 3), "not a key")
            self.point = parts[1]
            self.application = parts[2] if len(parts) == 3 else b""
            self.id = "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")
        need(is_strict(self.point), "a weak key")

    def person(self):
        if self.scheme == "sshsig-sk-ed25519":
            return f"ssh:{self.id}"
        number, text = int.from_bytes(b"\xed\x01" + self.point, "big"), ""
        while number:
            number, digit = divmod(number, 58)
            text = BASE58[digit] + text
        return f"did:key:z{text}"

    def check(self, message, signature, namespace):
        if self.scheme != "ed25519":
            message, signature = self.unwrap(message, signature, namespace)
        need(len(signature) == 64 and is_strict(signature[:32]), "a weak signature")
        try:
            Ed25519PublicKey.from_public_bytes(self.point).verify(signature, message)
        except InvalidSignature as error:
            raise Refused("a signature does not fit") from error

    def unwrap(self, message, armored, namespace):
        """PROTOCOL.sshsig: returns what was really signed, and the 64 bytes."""
        lines = armored.decode("ascii").split("\n")
        need(lines[0] == "-----BEGIN SSH SIGNATURE-----" and lines[-2:] == ["-----END SSH SIGNATURE-----", ""], "no SSHSIG")
        body = lines[1:-2]
        need(all(len(line) == 70 for line in body[:-1]) and len(body[-1]) <= 70, "an unusual spelling")
        blob = unbase64("".join(body))
        need(blob[:10] == b"SSHSIG\0\0\0\1", "no SSHSIG of version 1")
        public, space, reserved, algorithm, signed = strings(blob[10:])
        need(public == self.blob, "another key than its own")
        need(space.decode() == namespace, "signed as something else")
        need(algorithm in (b"sha256", b"sha512"), "another hash")
        digest = hashlib.new(algorithm.decode(), message).digest()
        over = b"SSHSIG" + string(space) + string(reserved) + string(algorithm) + string(digest)
        kind, rest = first(signed)
        need(string(kind) == self.blob[: 4 + len(kind)], "another algorithm")
        raw, tail = first(rest)
        if self.scheme == "sshsig-ed25519":
            need(not tail and not reserved, "something more")
            return over, raw
        need(len(tail) == 5 and tail[0] & 1, "nobody touched the key")
        return hashlib.sha256(self.application).digest() + tail + hashlib.sha256(over).digest(), raw


class Envelope:
    """DSSE (protocol.md), read strictly."""

    def __init__(self, data):
        need(len(data) <= 16 << 20, "too large")
        need(data.endswith(b"\n"), "no line feed at the end")
        wire = canonical(data[:-1])
        fields(wire, ["payload", "payloadType", "signatures"])
        self.type, self.payload = wire["payloadType"], unbase64(wire["payload"])
        need(1 <= len(wire["signatures"]) <= 64, "too few or too many signatures")
        self.signatures = {}
        for signature in wire["signatures"]:
            fields(signature, ["keyid", "sig"])
            need(signature["keyid"] not in self.signatures, "two signatures by one key")
            self.signatures[signature["keyid"]] = unbase64(signature["sig"])

    def open(self, kind, namespace, keys):
        """Returns the document and the keys that signed it. A known key's signature must not fail."""
        need(self.type == kind, f"a document of type {self.type}")
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(self.payload), self.payload)
        by = {key.id: key for key in keys}
        signers = [by[keyid] for keyid in self.signatures if keyid in by]
        for key in signers:
            key.check(message, self.signatures[key.id], namespace)
        need(signers, "no signature by a known key")
        return canonical(self.payload), signers


# --- roots


class Root:
    def __init__(self, document):
        fields(
            document,
            ["_type", "issuedAt", "keys", "name", "principals", "roles", "version"],
            ["expires", "forkOf", "previous"],
        )
        need(document["_type"] == TYPES + "root/v0.1", "no root")
        self.document = document
        self.keys = {keyid: Key(wire) for keyid, wire in document["keys"].items()}
        need(all(keyid == key.id for keyid, key in self.keys.items()), "a key under another's id")
        owners = {}
        for name, principal in document["principals"].items():
            fields(principal, ["keys"])
            need(principal["keys"], f"{name} has no key")
            for keyid in principal["keys"]:
                need(keyid in self.keys, f"{name} has a key that is not there")
                need(owners.setdefault(self.keys[keyid].point, name) == name, "two people with one key")
        need(set(document["roles"]) == ROLES, "other roles than there are")
        for role in document["roles"].values():
            fields(role, ["principals", "threshold"])
            need(set(role["principals"]) <= set(document["principals"]), "a role names a stranger")
            need(1 <= role["threshold"] <= len(set(role["principals"])), "a threshold nobody can meet")

    def quorum(self, role, signers):
        signed = {key.id for key in signers}
        people = self.document["principals"]
        found = [name for name in self.document["roles"][role]["principals"] if signed & set(people[name]["keys"])]
        need(len(found) >= self.document["roles"][role]["threshold"], f"too few of the role {role} signed")


def roots(files):
    chain, digests = [], []
    for version in range(1, 1 + sum(name.startswith("root/") for name in files)):
        data = files[f"root/{version}.root.dsse.json"]
        envelope = Envelope(data)
        root = Root(canonical(envelope.payload))
        judges = [*chain[-1:], root]
        _, signers = envelope.open(ROOT, "root@copyhold", [key for judge in judges for key in judge.keys.values()])
        need(root.document["version"] == version, "a root under another version")
        previous = {"sha256": digests[-1]} if digests else None
        need(root.document.get("previous") == previous, "a root that follows from another")
        for judge in judges:
            judge.quorum("root", signers)
        chain.append(root)
        digests.append(sha256(envelope.payload))
    need(chain, "nobody signed it")
    return chain, digests


# --- the record


def merkle(hashes):
    """RFC 9162, section 2.1.1, over leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + merkle(hashes[:split]) + merkle(hashes[split:])).digest()


def statement(document, kind):
    need(document.get("_type") == STATEMENT, "no in-toto statement")
    need(document["predicateType"] == f"{TYPES}{kind}/v0.1", "a statement of another type")
    subjects = [(subject["name"], subject["digest"]) for subject in document["subject"]]
    need(1 <= len(subjects) <= 1024 and len(dict(subjects)) == len(subjects), "subjects")
    need(all(set(digest) == {"sha256"} for _, digest in subjects), "another digest than sha256")
    return document["predicate"], {(name, digest["sha256"]) for name, digest in subjects}


def verify(files, pin=None):
    """Returns what is verified, in words."""
    chain, digests = roots(files)
    need(pin in (None, digests[0]), "another project than the pinned one")
    keys = [key for root in chain for key in root.keys.values()]
    versions = [re.fullmatch(r"manifest/(\d+)\.manifest\.intoto\.json", name) for name in files]
    newest = max((int(match[1]) for match in versions if match), default=0)
    need(newest, "there is no manifest")
    expected = None
    for version in range(newest, 0, -1):
        envelope = Envelope(files[f"manifest/{version}.manifest.intoto.json"])
        document, signers = envelope.open(IN_TOTO, "manifest@copyhold", keys)
        predicate, subjects = statement(document, "manifest")
        need(expected in (None, sha256(envelope.payload)), "a manifest that the next one does not name")
        need(predicate["version"] == version, "a manifest under another version")
        need(predicate["project"]["rootSha256"] == digests[0], "made for another project")
        if version == newest:
            root_version = predicate["project"]["rootVersion"]
            need(root_version == len(chain), "made under a root that is not in force")
            chain[root_version - 1].quorum("manifest", signers)
            leaves = document["subject"][0]
            check_record(files, version, predicate, (leaves["name"], leaves["digest"]["sha256"]))
        expected = predicate.get("previous", {}).get("sha256")
        need((expected is None) == (version == 1), "the manifests do not begin with the first")
    return f"manifest {newest} of project {digests[0]}"


def check_record(files, version, predicate, signed):
    name = f"{version}.leaves.jsonl"
    data = files[f"manifest/{name}"]
    need(signed == (name, sha256(data)), "other leaves than those that were signed")
    need(data.endswith(b"\n"), "the last leaf is cut off")
    lines = data[:-1].split(b"\n")
    need(lines == sorted(set(lines)), "leaves are not sorted, or stand twice")
    root = merkle([hashlib.sha256(b"\0" + line).digest() for line in lines])
    need(predicate["tree"] == {"alg": "rfc9162-sha256", "root": root.hex(), "size": len(lines)}, "another Merkle root")
    leaves = [canonical(line) for line in lines]
    need(len({leaf["at"] for leaf in leaves}) == len(leaves), "two leaves about one thing")
    kinds = {kind: [leaf for leaf in leaves if leaf["kind"] == kind] for kind in {leaf["kind"] for leaf in leaves}}
    need(predicate["counts"] == {kind: len(of) for kind, of in kinds.items()}, "other counts")
    works = {work["path"]: work for work in kinds.get("work", [])}
    regular = sorted((path.encode(), work["sha256"].encode()) for path, work in works.items() if work["mode"].startswith("100"))
    listed = b"".join(digest + b"  " + path + b"\n" for path, digest in regular)
    need(predicate["worksDirHash"] == sha256(listed), "another dirHash")
    for leaf in kinds.get("license", []) + kinds.get("notice", []):
        need(sha256(files[f"notices/{leaf['sha256']}"]) == leaf["sha256"], "another notice")
    keys = []
    for contributor in kinds.get("contributor", []):
        own = [Key(wire) for wire in contributor["keys"]]
        need(all(key.person() == contributor["id"] for key in own), "a contributor with another's key")
        keys += own
    about = {}
    for leaf in kinds.get("statement", []):
        envelope = Envelope(files[f"statements/{leaf['sha256']}.intoto.json"])
        need(sha256(envelope.payload) == leaf["sha256"], "a statement under another digest")
        document, signers = envelope.open(IN_TOTO, "statement@copyhold", keys)
        people = {key.person() for key in signers}
        need(set(leaf["by"]) <= people, "somebody did not sign")
        if leaf["predicateType"] == f"{TYPES}contribution/v0.1":
            contribution, about[leaf["sha256"]] = statement(document, "contribution")
            need(contribution["contributor"]["id"] in people, "a statement its contributor did not sign")
    for path, work in works.items():
        for digest in work.get("statements", []):
            need((path, work["sha256"]) in about.get(digest, ()), f"a statement that is not about {path}")


def read(path):
    """Returns the record's files by the path they have in `.copyhold`."""
    if path.is_dir():
        folders = ["root", "manifest", "statements", "notices"]
        found = [file for folder in folders for file in sorted((path / folder).glob("*")) if file.is_file()]
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in found}
    return unbundle(path.read_bytes())


def header(name, prefix, size):
    """A ustar header (POSIX.1-1988) as a bundle has it: mode 0644, owner and time 0."""
    numbers = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    rest = b"0" + bytes(100) + b"ustar\x0000" + bytes(80) + prefix.ljust(155, b"\0") + bytes(12)
    checksum = sum(name + numbers + b" " * 8 + rest)
    return name.ljust(100, b"\0") + numbers + b"%07o\0" % checksum + rest


def unbundle(data):
    files, at = {}, 0
    while data[at : at + 512].strip(b"\0"):
        head = data[at : at + 512]
        name, prefix, size = head[:100].rstrip(b"\0"), head[345:500].rstrip(b"\0"), int(head[124:135], 8)
        need(head == header(name, prefix, size), "not the one form of a bundle")
        path = (prefix + b"/" + name if prefix else name).decode()
        need(path not in files, "a file stands twice")
        files[path] = data[at + 512 : at + 512 + size]
        end = at + 512 + size
        at = end + -size % 512
        need(at < len(data) and not data[end:at].strip(b"\0"), "cut off")
    need(files and data[at:] == bytes(1024), "cut off, or with something more")
    need(list(files) == sorted(files), "files in another order")
    return files


def main(path, pin=None):
    try:
        print("verified:", verify(read(Path(path)), pin))
    except (Refused, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        sys.exit(f"refused: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
