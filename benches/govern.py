# SPDX-FileCopyrightText: 2026 The copyhold authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Large records: govern.py COPYHOLD [WORKS [STATEMENTS]]

Signs, records, verifies and proves a tree of many works, and one with a statement on every work; prints
time and the most memory used. Needs `cryptography`, for writing statements faster than one process each.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures/vectors"))
from make import NOW, STATEMENT, TYPES, Key, jcs, payload_of, seal, sha256, written  # noqa: E402

HEAD = "# SPDX-File{}Text: 2026 Ann Ito\n# SPDX-License-{}: 0BSD\n".format("Copyright", "Identifier")


def run(what, *args, cwd):
    start = time.monotonic()
    child = subprocess.Popen([copyhold, "-q", "--now", NOW, *args], cwd=cwd, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    print(f"{what:<44} {took:7.2f} s  {usage.ru_utime + usage.ru_stime:7.2f} s of CPU  {usage.ru_maxrss / 1024:6.0f} MB", flush=True)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{args} failed")


def tree(folder, works):
    """Works of a few lines, a hundred in a folder; returns what is in each, by path."""
    made = {}
    for number in range(works):
        path = f"src/{number // 100}/work{number}.py"
        made[path] = f"{HEAD}def work_{number}():\n    return {number}\n".encode()
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(made[path])
    run(f"init, {works} works", "init", "--name", "tides", "--license", "0BSD", "--person", "Ann", cwd=folder)
    return made


def state(folder, works):
    """A statement on each work, by one contributor."""
    root = sha256(payload_of((folder / ".copyhold/root/1.root.dsse.json").read_bytes()))
    key = Key(1)
    (folder / ".copyhold/statements").mkdir()
    for path, data in works.items():
        predicate = {
            "contributor": {"id": key.person, "key": key.wire},
            "items": [{"act": "created", "subject": 0}],
            "outboundLicense": "0BSD",
            "project": {"name": "tides", "rootSha256": root},
            "statedAt": NOW,
        }
        subject = [{"digest": {"sha256": sha256(data)}, "name": path}]
        text = jcs({"_type": STATEMENT, "predicate": predicate, "predicateType": f"{TYPES}contribution/v0.1", "subject": subject})
        envelope = written(seal(text, [key], b"statement@copyhold"))
        (folder / f".copyhold/statements/{sha256(text)}.intoto.json").write_bytes(envelope)
    return key.id


def judge(folder, path):
    run("manifest bundle", "manifest", "bundle", "-o", "../tides.copyhold", cwd=folder)
    run("manifest show of the bundle, 1 thread", "-j", "1", "manifest", "show", "../tides.copyhold", cwd=folder)
    run("manifest show of the bundle, all threads", "manifest", "show", "../tides.copyhold", cwd=folder)
    run("verify against the own record", "verify", ".", cwd=folder)
    run("manifest prove, one work", "manifest", "prove", path, cwd=folder)


def main(works=100_000, statements=10_000):
    with tempfile.TemporaryDirectory() as temp:
        temp = Path(temp)
        os.environ["COPYHOLD_CONFIG_DIR"] = str(temp / "config")
        run("key new", "key", "new", "--no-passphrase", cwd=temp)
        many = temp / "works"
        made = tree(many, int(works))
        run("sign all", "sign", "--person", "Ann", cwd=many)
        run("manifest", "manifest", cwd=many)
        judge(many, next(iter(made)))
        stated = temp / "statements"
        made = tree(stated, int(statements))
        keyid = state(stated, made)
        run(f"manifest, {statements} statements", "manifest", "--accept-key", f"{keyid}=Ann", cwd=stated)
        judge(stated, next(iter(made)))


copyhold = os.path.abspath(sys.argv[1])
main(*sys.argv[2:])
