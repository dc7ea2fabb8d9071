# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random histories of roots, judged by copyhold and by python-tuf: roots.py COPYHOLD [HISTORIES [SEED]]

Each history is written twice, with the same keys, thresholds, versions and signers: as roots of ours (a
person for each key, since TUF knows no people) and as TUF roots. After every step both must say the same.
What only we ask (the digest of the root before, that no signature is by a stranger or fails) is kept in
all of them.
"""

import random
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Role, Root
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures/vectors"))
from make import NOW, ROOT, TYPES, Key, jcs, seal, sha256, written  # noqa: E402

POOL = [Key(seed) for seed in range(1, 7)]
PUBLIC = {key.id: SSlibKey.from_crypto(key.private.public_key(), keyid=key.id) for key in POOL}


def step(chance, before):
    """One root: who is in it, how many of them must sign, its version, who signs."""
    keys = chance.sample(POOL, chance.randint(1, 5))
    if before and chance.random() < 0.5:
        keys = before["keys"]
    threshold = chance.randint(1, len(keys))
    version = before["version"] + 1 if before else 1
    if chance.random() < 0.08:
        version += chance.choice([-1, 1, 2])
        version = max(version, 1)
    if chance.random() < 0.05:
        threshold = len(keys) + 1
    known = {key.id: key for key in [*keys, *(before["keys"] if before else [])]}
    signers = [key for key in known.values() if chance.random() < 0.8]
    return {"keys": keys, "threshold": threshold, "version": version, "signers": signers or [keys[0]]}


def ours(root, previous):
    people = {key.id: f"person {key.seed[0]}" for key in root["keys"]}
    everybody = {"principals": sorted(people.values()), "threshold": 1}
    document = {
        "_type": TYPES + "root/v0.1",
        "issuedAt": NOW,
        "keys": {key.id: key.wire for key in root["keys"]},
        "name": "tides",
        "principals": {name: {"keys": [keyid]} for keyid, name in people.items()},
        "roles": {"licenseChange": everybody, "manifest": everybody, "root": {**everybody, "threshold": root["threshold"]}},
        "version": root["version"],
    }
    if previous:
        document["previous"] = {"sha256": previous}
    payload = jcs(document)
    return written(seal(payload, root["signers"], b"root@copyhold", ROOT)), sha256(payload)


def theirs(root):
    ids = [key.id for key in root["keys"]]
    roles = {role: Role(ids, 1) for role in ["timestamp", "snapshot", "targets"]}
    roles["root"] = Role(ids, root["threshold"])
    document = Root(root["version"], None, datetime(2030, 1, 1, tzinfo=timezone.utc), {keyid: PUBLIC[keyid] for keyid in ids}, roles, False)
    metadata = Metadata(document)
    for key in root["signers"]:
        metadata.sign(CryptoSigner(key.private, PUBLIC[key.id]), append=True)
    return metadata.to_bytes()


def main(copyhold, histories=150, seed=1):
    chance = random.Random(int(seed))
    accepted = refused = 0
    with tempfile.TemporaryDirectory() as temp:
        for number in range(int(histories)):
            folder = Path(temp) / str(number)
            (folder / ".copyhold/root").mkdir(parents=True)
            trusted, before, previous, history = None, None, None, []
            for at in range(1, 7):
                root = step(chance, before)
                history.append({**root, "keys": [key.seed[0] for key in root["keys"]], "signers": [key.seed[0] for key in root["signers"]]})
                data, previous = ours(root, previous)
                (folder / f".copyhold/root/{at}.root.dsse.json").write_bytes(data)
                run = subprocess.run([copyhold, "-q", "root", "show"], cwd=folder, capture_output=True)
                we = {0: True, 2: False}[run.returncode]
                try:
                    if trusted is None:
                        trusted = TrustedMetadataSet(theirs(root), EnvelopeType.METADATA)
                        they = root["version"] == 1  # a client of TUF is given its first root and asks no more of it
                    else:
                        trusted.update_root(theirs(root))
                        they = True
                except RepositoryError:
                    they = False
                if we != they:
                    sys.exit(f"FAILED: copyhold {we}, python-tuf {they}: {history}\n{run.stderr.decode()}")
                accepted, refused = accepted + we, refused + (not we)
                if not we:
                    break
                before = root
    print(f"{accepted} roots accepted and {refused} refused by both, in {histories} histories")


main(*sys.argv[1:])
