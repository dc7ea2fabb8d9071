# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A second reader of copyhold's records, written from the documents and not from the Rust code.

    verify.py BUNDLE|.copyhold [FINGERPRINT|copyhold.lock [TIME]]

It checks all that a record can show without its works: the chain of roots and its thresholds, every
manifest and by whose authority it stands, leaves, their Merkle root and dirHash, scopes, revocations,
every accepted statement, consent and key link, every notice, the digest of the traces; and, where a TIME
is given, that the root is fresh. It knows no licenses: it takes every change of one for a weakening.
Exit: 0 verified, 1 refused (and why). Needs Python 3.11 and `cryptography`.
"""

import base64
import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from ed25519_points import is_strict

IN_TOTO, ROOT = "application/vnd.in-toto+json", "application/vnd.copyhold.root+json"
STATEMENT = "https://in-toto.io/Statement/v1"
TYPES = "https://w3id.org/copyhold/"
SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, section 4
ROLES = {"root", "manifest", "licenseChange"}
REASONS = ["retired", "superseded", "compromised"]
HEX = "[0-9a-f]{64}"
KNOWN = re.compile(
    r"root/[1-9]\d*\.root\.dsse\.json|manifest/[1-9]\d*\.(manifest\.intoto\.json|manifest\.json|leaves\.jsonl|traces)"
    rf"|statements/{HEX}\.intoto\.json|notices/{HEX}|upstream/{HEX}\.copyhold"
)
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

    def ids(self):
        """The key's id, and that of the same point in the other scheme."""
        blob = string(b"ssh-ed25519") + string(self.point)
        ssh = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        return {self.id} if self.scheme == "sshsig-sk-ed25519" else {self.id, ssh, sha256(SPKI + self.point)}

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
        ids = [signature["keyid"] for signature in wire["signatures"]]
        need(ids == sorted(ids), "signatures in another order")
        self.type, self.payload = wire["payloadType"], unbase64(wire["payload"])
        need(1 <= len(wire["signatures"]) <= 64, "too few or too many signatures")
        self.signatures = {}
        for signature in wire["signatures"]:
            fields(signature, ["keyid", "sig"])
            need(signature["keyid"] not in self.signatures, "two signatures by one key")
            self.signatures[signature["keyid"]] = unbase64(signature["sig"])

    def open(self, kind, namespace, keys, strangers=False):
        """Returns the document and the keys that signed it. No signature may fail; only where `strangers`
        may sign as well, one by an unknown key says nothing."""
        need(self.type == kind, f"a document of type {self.type}")
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(self.payload), self.payload)
        by = {key.id: key for key in keys}
        signers = [by[keyid] for keyid in self.signatures if keyid in by]
        for key in signers:
            key.check(message, self.signatures[key.id], namespace)
        need(signers and (strangers or len(signers) == len(self.signatures)), "no signature by a known key")
        return canonical(self.payload), signers


# --- roots


class Root:
    def __init__(self, document):
        fields(
            document,
            ["_type", "issuedAt", "keys", "name", "principals", "roles", "version"],
            ["afterManifest", "expires", "forkOf", "previous", "revocations", "scopes"],
        )
        need(document["_type"] == TYPES + "root/v0.1", "no root")
        for name, known in [("previous", ["sha256"]), ("afterManifest", ["sha256", "version"]), ("forkOf", ["rootSha256", "rootVersion"])]:
            fields(document.get(name, dict.fromkeys(known)), known)
        self.document, self.people = document, document["principals"]
        self.keys = {keyid: Key(wire) for keyid, wire in document["keys"].items()}
        need(all(keyid == key.id for keyid, key in self.keys.items()), "a key under another's id")
        owners = {}
        for name, principal in self.people.items():
            fields(principal, ["keys"])
            need(principal["keys"], f"{name} has no key")
            for keyid in principal["keys"]:
                need(keyid in self.keys, f"{name} has a key that is not there")
                need(owners.setdefault(self.keys[keyid].point, name) == name, "two people with one key")
        need(set(document["roles"]) == ROLES, "other roles than there are")
        self.scopes = document.get("scopes", {})
        for role in document["roles"].values():
            fields(role, ["principals", "threshold"])
        for name, scope in self.scopes.items():
            fields(scope, ["paths", "principals", "threshold"])
            need(scope["paths"] and name and name not in ROLES, "a scope of nothing")
        for role in [*document["roles"].values(), *self.scopes.values()]:
            need(set(role["principals"]) <= set(self.people), "a role names a stranger")
            need(type(role["threshold"]) is int, "a threshold that is none")
            need(1 <= role["threshold"] <= len(set(role["principals"])), "a threshold nobody can meet")
        self.revoked = {}
        for revocation in document.get("revocations", []):
            fields(revocation, ["keyid", "lastGoodManifest", "reason"])
            need(revocation["reason"] in REASONS, "an unknown reason")
            self.revoked[revocation["keyid"]] = revocation
        ids = [revocation["keyid"] for revocation in document.get("revocations", [])]
        need(ids == sorted(set(ids)) and not set(ids) & set(self.keys), "a key revoked twice, or listed")

    def enough(self, role, signers):
        role = self.document["roles"].get(role) or self.scopes[role]
        signed = {key.id for key in signers}
        return sum(bool(signed & set(self.people[name]["keys"])) for name in set(role["principals"])) >= role["threshold"]

    def quorum(self, role, signers):
        need(self.enough(role, signers), f"too few of the role {role} signed")

    def keeps(self, before):
        """Whether all that `before` revoked stays revoked, and no manifest it knew is forgotten."""
        for keyid, old in before.revoked.items():
            new = self.revoked.get(keyid)
            need(new and new["lastGoodManifest"] <= old["lastGoodManifest"], "a revocation is taken back")
            need(REASONS.index(new["reason"]) >= REASONS.index(old["reason"]), "a revocation is taken back")
        need(self.after() >= before.after(), "a root steps back behind a manifest")

    def after(self):
        return self.document.get("afterManifest", {"version": 0})["version"]


class Chain:
    """A project's roots, first to last, each following from the one before."""

    def __init__(self, files):
        self.roots, self.digests = [], []
        for version in range(1, 1 + sum(name.startswith("root/") for name in files)):
            data = files[f"root/{version}.root.dsse.json"]
            need(len(data) <= 256 << 10, "too large")
            envelope = Envelope(data)
            root = Root(canonical(envelope.payload))
            judges = [*self.roots[-1:], root]
            _, signers = envelope.open(ROOT, "root@copyhold", [key for judge in judges for key in judge.keys.values()])
            need(root.document["version"] == version, "a root under another version")
            previous = {"sha256": self.digests[-1]} if self.digests else None
            need(root.document.get("previous") == previous, "a root that follows from another")
            for judge in judges:
                judge.quorum("root", signers)
            if self.roots:
                root.keeps(self.roots[-1])
            self.roots.append(root)
            self.digests.append(sha256(envelope.payload))
        need(self.roots, "nobody signed it")
        self.keys = [key for root in self.roots for key in root.keys.values()]
        forks = [root.document["forkOf"]["rootSha256"] for root in self.roots if "forkOf" in root.document]
        self.homes = {self.digests[0], *forks, None}

    def is_good(self, key, version):
        revocation = next((self.roots[-1].revoked[own] for own in key.ids() if own in self.roots[-1].revoked), None)
        return revocation is None or version <= revocation["lastGoodManifest"]

    def in_force(self, version):
        """The version of the root under which manifest `version` stands."""
        return max(n for n, root in enumerate(self.roots, 1) if n == 1 or root.after() < version)


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
    need(all(set(digest) == {"sha256"} and is_path(name) for name, digest in subjects), "another digest than sha256")
    return document["predicate"], {name: digest["sha256"] for name, digest in subjects}


def is_path(text):
    parts = text.split("/")
    ill = any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    return not ill and "\0" not in text and len(text.encode()) <= 4096


class Past:
    """One manifest of the chain."""

    def __init__(self, files, version, chain, expected):
        self.version = version
        envelope = Envelope(files[f"manifest/{version}.manifest.intoto.json"])
        document, self.signers = envelope.open(IN_TOTO, "manifest@copyhold", chain.keys)
        self.predicate, self.subjects = statement(document, "manifest")
        self.digest = sha256(envelope.payload)
        need(expected in (None, self.digest), "a manifest that the next one does not name")
        need(self.predicate["version"] == version, "a manifest under another version")
        need(self.predicate["project"]["rootSha256"] == chain.digests[0], "made for another project")
        self.previous = self.predicate.get("previous", {}).get("sha256")
        need((self.previous is None) == (version == 1), "the manifests do not begin with the first")
        number = self.predicate["project"]["rootVersion"]
        need(number == chain.in_force(version), "made under a root that was not in force")
        self.root = chain.roots[number - 1]
        self.scopes = self.predicate.get("scopes", {})
        need(set(self.scopes) == set(self.root.scopes), "other scopes than the root's")
        name = f"{version}.leaves.jsonl"
        need(document["subject"][0]["name"] == name, "made over something else")
        self.rows, self.leaves = [], None
        if f"manifest/{name}" in files:
            data = files[f"manifest/{name}"]
            need(sha256(data) == self.subjects[name], "other leaves than those that were signed")
            need(data.endswith(b"\n"), "the last leaf is cut off")
            self.rows = data[:-1].split(b"\n")
            need(all(len(row) <= 65536 for row in self.rows), "too long a leaf")
            self.leaves = [canonical(row) for row in self.rows]

    def of(self, kind):
        return [leaf for leaf in self.leaves or [] if leaf["kind"] == kind]

    def stands(self, chain, before):
        """Whether it still stands by keys that are good; by all of them, it must have."""
        changed = [name for name, digest in self.scopes.items() if not before or before.scopes.get(name) != digest]
        for role in ["manifest", *changed]:
            self.root.quorum(role, self.signers)
        good = self.good(chain)
        return all(self.root.enough(role, good) for role in ["manifest", *changed])

    def good(self, chain):
        return [key for key in self.signers if chain.is_good(key, self.version)]


def verify(files, lock, now=None):
    """Returns what is verified, in words."""
    chain = Chain(files)
    need(lock.get("root", chain.digests[0]) == chain.digests[0], "another project than the pinned one")
    need(lock.get("root-version", 1) <= len(chain.roots), "an older root than was seen")
    if now:
        need(now <= chain.roots[-1].document.get("expires", ""), "the root is not fresh")
    versions = [re.fullmatch(r"manifest/(\d+)\.manifest\.intoto\.json", name) for name in files]
    newest = max((int(match[1]) for match in versions if match), default=0)
    need(newest >= lock.get("manifest-version", 1), "an older manifest than was seen")
    past, expected = [], None
    for version in range(newest, 0, -1):
        past.insert(0, Past(files, version, chain, expected))
        expected = past[0].previous
    for root in chain.roots[1:]:
        seen = root.document.get("afterManifest")
        need(not seen or (seen["version"] <= newest and past[seen["version"] - 1].digest == seen["sha256"]), "withheld")
    standing = [manifest.stands(chain, before) for before, manifest in zip([None, *past], past)]
    need(standing[-1], "it stands by a key that is revoked")
    check_record(files, past[-1])
    people, deeds = check_statements(files, chain, past, standing)
    check_licenses(files, chain, past, people, deeds)
    return f"manifest {newest} of project {chain.digests[0]}"


def check_record(files, manifest):
    predicate, rows, leaves = manifest.predicate, manifest.rows, manifest.leaves
    need(leaves, "the leaves are missing")
    need(rows == sorted(set(rows)), "leaves are not sorted, or stand twice")
    root = merkle([hashlib.sha256(b"\0" + row).digest() for row in rows])
    need(predicate["tree"] == {"alg": "rfc9162-sha256", "root": root.hex(), "size": len(rows)}, "another Merkle root")
    need(len({leaf["at"] for leaf in leaves}) == len(leaves), "two leaves about one thing")
    kinds = {leaf["kind"] for leaf in leaves}
    need(predicate["counts"] == {kind: len(manifest.of(kind)) for kind in kinds}, "other counts")
    for leaf in manifest.of("work"):
        need(is_path(leaf["path"]), "a path that leads elsewhere")
        need(leaf["at"] == f"work {leaf['path']}", "a leaf under another name")
    files_in = [leaf for leaf in manifest.of("work") if leaf["mode"].startswith("100")]
    regular = sorted((leaf["path"].encode(), leaf["sha256"].encode()) for leaf in files_in)
    listed = b"".join(digest + b"  " + path + b"\n" for path, digest in regular)
    need(predicate["worksDirHash"] == sha256(listed), "another dirHash")
    for name, scope in manifest.root.scopes.items():
        patterns = [glob(pattern) for pattern in scope["paths"]]
        works = [(row, leaf["path"]) for row, leaf in zip(rows, leaves) if leaf["kind"] == "work"]
        mine = [row + b"\n" for row, path in works if any(pattern.fullmatch(path) for pattern in patterns)]
        need(manifest.scopes[name] == sha256(b"".join(mine)), "a scope of other works")
    for leaf in manifest.of("license") + manifest.of("notice"):
        need(sha256(files[f"notices/{leaf['sha256']}"]) == leaf["sha256"], "another notice")
    traces = f"{manifest.version}.traces"
    if traces in manifest.subjects:
        need(sha256(files[f"manifest/{traces}"]) == manifest.subjects[traces], "other traces")


def glob(pattern):
    """`**` is any number of segments, `*` part of one."""
    parts = re.split(r"(\*\*/|\*\*|\*)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts), re.DOTALL)


def open_statement(files, digest, keys):
    envelope = Envelope(files[f"statements/{digest}.intoto.json"])
    need(sha256(envelope.payload) == digest, "a statement under another digest")
    return envelope.open(IN_TOTO, "statement@copyhold", keys, strangers=True)


def check_statements(files, chain, past, standing):
    """Returns which ids are one person's, and the consents: since when, by whom, to what, for which bytes."""
    newest, keys, about, people, deeds = past[-1], [], {}, {}, []
    for contributor in newest.of("contributor"):
        own = [Key(wire) for wire in contributor["keys"]]
        need(all(key.person() == contributor["id"] for key in own), "a contributor with another's key")
        keys += own
    for leaf in newest.of("statement"):
        since = leaf.get("since", newest.version)
        need(1 <= since <= newest.version, "a statement since a manifest there is not")
        for manifest in past[since - 1 :]:
            held = {own["sha256"] for own in manifest.of("statement")}
            need(manifest.leaves is None or leaf["sha256"] in held, "a statement that was not there by then")
        anchored = next((v for v, stands in enumerate(standing, 1) if v >= since and stands), newest.version + 1)
        kind = leaf["predicateType"].removeprefix(TYPES).removesuffix("/v0.1")
        named = canonical(Envelope(files[f"statements/{leaf['sha256']}.intoto.json"]).payload)["predicate"]
        known = keys
        if kind in ("consent", "key-link"):
            known = [Key(named["contributor"]["key"])] + ([Key(named["newKey"])] if kind == "key-link" else [])
        document, signers = open_statement(files, leaf["sha256"], known)
        predicate, subjects = statement(document, kind)
        ids = {key.person() for key in signers}
        need(set(leaf["by"]) <= ids, "somebody did not sign")
        author = predicate["contributor"]
        need(author["id"] in ids and Key(author["key"]).person() == author["id"], "a statement its contributor did not sign")
        good = all(chain.is_good(key, anchored) for key in signers)
        if kind == "contribution":
            need(predicate["project"].get("rootSha256") in chain.homes, "a statement for another project")
            need(good, "a statement by a key that is revoked")
            about[leaf["sha256"]] = subjects
        elif kind == "key-link":
            need(len({key.id for key in signers}) == 2, "a key link that one signed alone")
            expected = {name: sha256(key["public"].encode()) for name, key in [("old-key", author["key"]), ("new-key", predicate["newKey"])]}
            need(subjects == expected, "a key link about other keys")
            if good:
                one, other = (people.get(person, person) for person in sorted(ids))
                people.update({person: one for person in [*ids, *[p for p, same in people.items() if same == other]]})
        elif good and predicate["project"].get("rootSha256") == chain.digests[0]:
            deeds.append((since, author["id"], predicate["toLicense"], subjects))
    for work in newest.of("work"):
        for digest in work.get("statements", []):
            need(about.get(digest, {}).get(work["path"]) == work["sha256"], f"a statement that is not about {work['path']}")
    return people, deeds


def check_licenses(files, chain, past, people, deeds):
    """Whoever signed something on a work must consent before its license changes, and a quorum sign."""
    known, asked = {}, {}
    for manifest in past:
        for leaf in manifest.of("statement"):
            if leaf["predicateType"] == f"{TYPES}contribution/v0.1":
                payload = canonical(Envelope(files[f"statements/{leaf['sha256']}.intoto.json"]).payload)
                asked[leaf["sha256"]] = (leaf["by"], statement(payload, "contribution")[1])
        for work in manifest.of("work"):
            old = known.get(work["path"]) or known.get(work["sha256"])
            if old and old["license"] != work.get("license"):
                need(manifest.root.enough("licenseChange", manifest.good(chain)), "a license changed without its quorum")
                for by, subjects in asked.values():
                    ours = {name: digest for name, digest in subjects.items() if name in (old["path"], work["path"])}
                    ours |= {name: digest for name, digest in subjects.items() if digest in (old["sha256"], work["sha256"])}
                    for name, digest in ours.items():
                        for person in by:
                            agreed = [
                                since <= manifest.version and to == work.get("license") and on.get(name) == digest
                                for since, who, to, on in deeds
                                if people.get(who, who) == people.get(person, person)
                            ]
                            need(any(agreed), f"a license changed without the consent of {person}")
        for work in manifest.of("work"):
            if work.get("license"):
                known[work["path"]] = known[work["sha256"]] = work


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
        need(KNOWN.fullmatch(path), "a file no record has")
        files[path] = data[at + 512 : at + 512 + size]
        end = at + 512 + size
        at = end + -size % 512
        need(at < len(data) and not data[end:at].strip(b"\0"), "cut off")
    need(files and data[at:] == bytes(1024), "cut off, or with something more")
    need(list(files) == sorted(files), "files in another order")
    return files


def main(path, anchor="", now=None):
    try:
        lock = {"root": anchor} if re.fullmatch("[0-9a-f]{64}", anchor) else {}
        if anchor and not lock:
            (lock,) = tomllib.loads(Path(anchor).read_text())["upstream"]
        print("verified:", verify(read(Path(path)), lock, now))
    except (Refused, KeyError, ValueError, TypeError, IndexError, AttributeError, StopIteration) as error:
        sys.exit(f"refused: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
