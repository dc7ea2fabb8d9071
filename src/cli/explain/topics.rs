// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Pages about what no single rule is about.

use std::fmt::Write as _;
use std::path::Path;

use crate::domain::Role;
use crate::store;
use crate::work::RECORD_FOLDER;

/// A page.
pub(super) struct Topic {
    /// What it is asked for by.
    pub(super) name: &'static str,
    /// What it is about, in a line.
    pub(super) summary: &'static str,
    /// Writes it.
    pub(super) page: fn() -> String,
}

/// Every topic, sorted by name.
pub(super) static TOPICS: &[Topic] = &[
    Topic { name: "duties", summary: "What `verify` checks of each derivation.", page: || DUTIES.into() },
    Topic { name: "exit-codes", summary: "How a command tells its outcome.", page: || EXIT_CODES.into() },
    Topic { name: "formats", summary: "What lies in .copyhold and in a bundle.", page: || FORMATS.into() },
    Topic {
        name: "licenses",
        summary: "By which rules licenses are judged, and how to describe one's own.",
        page: || LICENSES.into(),
    },
    Topic { name: "roles", summary: "What a contributor can have done.", page: roles },
    Topic {
        name: "traces",
        summary: "The fingerprints in a record, and what they give away.",
        page: || TRACES.into(),
    },
    Topic {
        name: "verify-by-hand",
        summary: "How to check a record without copyhold.",
        page: || verify_by_hand(Path::new(RECORD_FOLDER)),
    },
];

const DUTIES: &str = "\
What a license asks of whoever passes a work on, by the columns of the matrix of `verify`:

license  license, no-derivatives
notices  copyright-notices, notice-file, invariant-sections
text     license-text: the text, or its address where that is enough
credit   attribution, acknowledgement
changes  changes-marked, with a date where that is asked
source   source of what is built, network-source
added    no-added-restrictions, no-protection, reserved-names
use      non-commercial, use-restrictions, no-endorsement, patents, interactive-notice

Each is met or broken by what the tree and the records show. What they cannot show is not seen, or
attested where somebody signed how it is kept:

copyhold sign PATH --attest network-source='the link Source on every page'

Where it names an address, a work here must have that in it, or the duty stays not seen.

A word is shown with its key and makes no broken duty whole, but for two that only its user can
know: which lines of a NOTICE file do not pertain (notice-file=LINE), and that only the format of a
work changed (no-derivatives=HOW). The finding is then a warning that names whose word it is (CH513).

`verify -v` lists every duty with its clause; `copyhold license ID` tells what a license asks.
";

const LICENSES: &str = "\
May a work under one license go into a work under another? What a license asks is written down as facts,
each with its section; these rules are all that is done with them. Each reason names its rule:

R0  under the same license everything may stay
R1  no derivatives means none
R2  what asks nothing goes anywhere
R3  what asks for notices goes wherever its further conditions are tolerated
R4  copyleft flows by an explicit edge, by its own rule on later versions, or not at all
R5  non-commercial stays non-commercial
R6  what may not be used for everything goes only where that stays so
R7  for a use other than derivative, the reach of a license decides
R8  an additional permission (WITH) may be dropped, never added
R9  OR is a choice, AND is all; what is unknown is unclear

An edge is what a license says of one other, or what its steward said of it and when. Edges go one way
and are never chained: a path through a third license is a repair, since somebody must take it first.
T1 is the license text, T2 the steward's word, T3 what follows from those.

A work is used as a derivative (changed, or copied from), combined (linked, embedded, built in unmixed)
or only aggregated beside others; [[part]] in copyhold.toml says which, path by path.

What a file says besides the name of its license counts: the exhibits of the MPL and EPL, invariant
sections of the GFDL, reserved font names.

Of a license of your own, say in copyhold.toml what it asks; without that it is unclear:

    [license.\"LicenseRef-House\"]
    class = \"weak-copyleft\"          # or like = \"MPL-2.0\", and what differs
    kinds = [\"software\"]
    reach = \"file\"
    duties = { C = \"2\", Sf = \"3.1\" }  # duty and section; `copyhold schema config` has them all
    combine = { verdict = \"allowed\", cite = \"3.3\", text = \"a larger work may have other terms\" }
    source = \"https://example.org/house-license\"

Between two records a license that became weaker (CH404) or more restrictive (CH406) is a finding.
`copyhold compat --matrix` judges every known license into every other.
";

const EXIT_CODES: &str = "\
0    nothing to complain of
1    findings at or above --fail-on (by default: error)
2    it could not be decided: wrong usage, or something that cannot be read or parsed
130  interrupted

`compat` alone: 0 allowed, 1 not allowed, 2 error, 3 conditional, 4 unclear.

After a read error the exit code is never 0: what could not be looked at was not found clean.
";

const TRACES: &str = "\
By the traces in a project's record, edited, renamed and partial copies of its works are found without
the works themselves. A trace is a few 32-bit hashes of a work: of three lines, of 32 tokens without
their names, or of eight words, after license headers are taken off. `manifest --traces` says how many:

none     no traces: only unchanged works, and those with another header or layout, are found
compact  about 1.4 % of the text: whole works and most longer parts are found (the default)
full     about 5 % of the text, with line numbers: parts from about ten lines on are found, too

What they give away. A hash cannot be turned back into text, but a guess can be tried: who knows the
lines around a short secret finds the secret in seconds. Who has a text learns whether a work holds it,
and from `full` in which line. So files that look like secrets (.env, keys, tokens) are never traced,
nor lines or words with fewer than 40 characters to a hash. Do not trace what is not public: for such
works write into copyhold.toml

    [[part]]
    paths = [\"internal/**\"]
    use = \"aggregate\"
    traces = \"none\"

Binary and minified works, and works with too little to them, have no traces; `manifest` tells how many.
A match is evidence that two works have text in common, not who had it first, nor that it may be owned.
";

const FORMATS: &str = "\
A project's record lies in .copyhold at its root; the newest N counts:

root/N.root.dsse.json            who may decide; all versions
manifest/N.manifest.intoto.json  the signed statement over N.leaves.jsonl; all versions
manifest/N.leaves.jsonl          one line for each work, license, notice, contributor and upstream
manifest/N.traces                fingerprints of the works, if wanted: `copyhold explain traces`
statements/<id>.intoto.json      contributions, consents and key links, by the SHA-256 of their payload
notices/<sha256>                 license texts and notices, by digest
upstream/<id>.copyhold           upstreams' bundles, by the SHA-256 of their manifest's payload

What is not in force yet ends with .proposed: root/N.root.json.proposed (the bare document), one
root/N.root.<key>.signature.proposed for each who signed it, manifest/N.manifest.intoto.json.proposed.
None of it is part of the record.

A record that nobody signed has manifest/1.manifest.json instead, the bare statement, and no roots.

A bundle, NAME.copyhold, is a ustar archive of these files under these paths, sorted, with fixed
metadata: equal records are equal bundles.

Signed documents are DSSE envelopes whose payload is in canonical form (RFC 8785); statements are
in-toto statements, version 1. `copyhold schema` lists the JSON schemas.
";

fn roles() -> String {
    let mut text =
        String::from("A contributor's part in a work, by its short name and as it is written:\n\n");
    for role in Role::all() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{:24}{role}", role.slug());
    }
    text.push_str(
        "\nThe first fourteen are CRediT (ANSI/NISO Z39.104-2022), the others what CRediT has no word for.\n",
    );
    text
}

/// Returns the shell commands that check the newest signed manifest and its leaves.
fn verify_by_hand(record: &Path) -> String {
    let manifest = newest(&record.join("manifest"), ".manifest.intoto.json");
    let root = newest(&record.join("root"), ".root.dsse.json");
    let head = match (manifest, root) {
        (Some(manifest), Some(root)) => format!("N={manifest} ROOT={root}"),
        _ => "N=1 ROOT=1   # the newest versions below .copyhold".into(),
    };
    format!("{head}\n{VERIFY}")
}

/// Returns the highest version among the files of a folder. What cannot be read has none: the page is
/// as useful with a version to fill in.
fn newest(folder: &Path, suffix: &str) -> Option<u64> {
    let files = store::list(folder).unwrap_or_default();
    let versions =
        files.iter().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(suffix)?.parse().ok());
    versions.max()
}

/// What is signed is DSSE's pre-authentication encoding of the payload.
const VERIFY: &str = r#"E=.copyhold/manifest/$N.manifest.intoto.json
L=.copyhold/manifest/$N.leaves.jsonl
R=.copyhold/root/$ROOT.root.dsse.json
W=$(mktemp -d)

# The project's fingerprint: compare it with the one you pinned.
jq -r .payload .copyhold/root/1.root.dsse.json | base64 -d | sha256sum

# The manifest, what exactly was signed, and by which key of the root.
jq -r .payload "$R" | base64 -d > "$W/root.json"
jq -r .payload "$E" | base64 -d > "$W/manifest.json"
T=$(jq -r .payloadType "$E")
{ printf 'DSSEv1 %d %s %d ' ${#T} "$T" $(wc -c < "$W/manifest.json"); cat "$W/manifest.json"; } > "$W/pae"
K=$(jq -r '.signatures[0].keyid' "$E")
jq -r '.signatures[0].sig' "$E" | base64 -d > "$W/sig"
P=$(jq -r --arg k "$K" '.keys[$k].public' "$W/root.json")

# The signature, by the key's scheme.
case $(jq -r --arg k "$K" '.keys[$k].scheme' "$W/root.json") in
ed25519)
  echo "$P" | base64 -d | openssl pkey -pubin -inform DER -out "$W/key.pem"
  openssl pkeyutl -verify -pubin -inkey "$W/key.pem" -rawin -in "$W/pae" -sigfile "$W/sig" ;;
sshsig-*)
  echo "signer $P" > "$W/allowed_signers"
  ssh-keygen -Y verify -f "$W/allowed_signers" -I signer -n manifest@copyhold -s "$W/sig" < "$W/pae" ;;
*) echo "no such key in the root" >&2; false ;;
esac

# The leaves are the ones that were signed, and sorted.
echo "$(jq -r '.subject[0].digest.sha256' "$W/manifest.json")  $L" | sha256sum -c
LC_ALL=C sort -cu "$L" && echo "$L: sorted"

# The works are the ones in the leaves, and their list has the digest the manifest states.
jq -rs 'map(select(.kind == "work" and (.mode | startswith("100")))) | sort_by(.path) | .[]
  | (.path | gsub("\\\\"; "\\\\") | gsub("\n"; "\\n") | gsub("\r"; "\\r")) as $name
  | (if $name == .path then "" else "\\" end) + .sha256 + "  " + $name' "$L" > "$W/works"
echo "$(jq -r .predicate.worksDirHash "$W/manifest.json")  $W/works" | sha256sum -c
sha256sum -c "$W/works"

# Statements are checked like the manifest, with their own contributor's key and the namespace
# statement@copyhold; roots by the keys of the root before, with the namespace root@copyhold.
rm -r "$W"
"#;
